"""Made-up fits of the kind that `talentsim calibrate ship` writes, for tests that use one."""

import json

from sim.fitfile import ENSEMBLE, FIT_FORMAT, MANIFEST, PARAMETERS, hash_text

POINT = {"params.search.b_home": (0.75, "utility"), "params.search.n_sampled": (9, "positions")}


def write_toy_fit(
    place, *, name="first", point=POINT, members=None, code_hash="0" * 64, verdict="identified", edit=None
):
    """Write calibration/fits/NAME under `place`; `edit` changes the texts of files by name before they are signed.

    Without `members` there are 50, of which the k-th has b_home k / 100 and n_sampled 8 or 9, all with equal weight.
    """
    folder = place / "calibration" / "fits" / name
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"fit: {name}", "parameters:"]
    for key, (value, unit) in point.items():
        lines += [
            f"  - key: {key}", f"    value: {value}", f"    unit: {unit}", "    prior: uniform",
            "    prior_range: [0, 20]", "    before: 1", f"    fitted: {value}", "    posterior: [0.5, 10]",
            f"    verdict: {verdict}",
        ]  # fmt: skip
    if members is None:
        members = [(1 / 50, k / 100, 8 + k % 2) for k in range(1, 51)]
    rows = ["member,weight," + ",".join(point)]
    rows += [f"{k}," + ",".join(map(repr, member)) for k, member in enumerate(members, start=1)]
    texts = {PARAMETERS: "\n".join(lines) + "\n", ENSEMBLE: "\n".join(rows) + "\n"}
    for file, (old, new) in (edit or {}).items():
        assert old in texts[file]
        texts[file] = texts[file].replace(old, new)
    for file, text in texts.items():
        (folder / file).write_text(text, encoding="utf-8")
    files = {file: hash_text(text) for file, text in texts.items()}
    manifest = {"format": FIT_FORMAT, "name": name, "code_hash": code_hash, "files": files}
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    return folder
