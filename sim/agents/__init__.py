"""Mesa agents: graduates (views on columns), firms, cities, institutions, associations, governments."""
