#!/usr/bin/env python3
"""The whole journey over the public API with plain `requests`: label, train, detect.

    EARMARK_API_KEY=em_live_... python3 examples/python/quickstart.py [--base-url http://127.0.0.1:8080]

Without a base URL and key it reads them from .earmark/ready.json of a platform started by `npm start`.
It speaks a few minutes of text with espeak-ng, puts clicks and long pauses into it at known places, trains a
detector on most of the files and looks for the artifacts in the files it held back.
"""
import argparse
import array
import io
import json
import os
import pathlib
import random
import subprocess
import sys
import time
import wave

import requests

SENTENCES = [
    "Your appointment is confirmed for {day} at {hour}.",
    "I could not find that order, would you spell the name for me?",
    "The next train to {place} leaves in {number} minutes.",
    "Please stay on the line, the waiting time is about {number} minutes.",
    "We have sent a message to your phone, it arrives before {hour}.",
    "The library near {place} is closed on {day}.",
    "Thank you, your payment of {number} euros has been received.",
]
WORDS = {
    "day": ["Monday", "Tuesday", "Thursday", "Sunday"],
    "hour": ["nine", "half past ten", "noon", "six in the evening"],
    "place": ["the harbour", "the old town", "the university", "the market"],
    "number": ["four", "eleven", "twenty", "thirty six"],
}
VOICES = ["en-us+m2", "en-us+f1", "en-gb+m5", "en-gb+f4"]


def speak(rng):
    """One file of about 20 seconds of speech: samples (array of int16) and the sample rate."""
    text = " ".join(rng.choice(SENTENCES).format(**{k: rng.choice(v) for k, v in WORDS.items()}) for _ in range(6))
    wav = subprocess.run(["espeak-ng", "-v", rng.choice(VOICES), "-s", str(rng.randint(140, 180)), "--stdout", text],
                         check=True, capture_output=True).stdout
    start = wav.index(b"data") + 8  # espeak-ng writes to a pipe: the sizes in its header are not final
    rate = int.from_bytes(wav[24:28], "little")
    samples = array.array("h")
    samples.frombytes(wav[start:start + (len(wav) - start) // 2 * 2])
    return samples, rate


def with_artifacts(samples, rate, rng):
    """Puts a click or a long pause every few seconds; returns the new samples and the labels in milliseconds."""
    out, labels, position = array.array("h"), [], 0
    while position < len(samples) - 3 * rate:
        step = rng.randint(int(1.5 * rate), int(3.0 * rate))
        out.extend(samples[position:position + step])
        position += step
        at = len(out)
        if rng.random() < 0.5:
            length = rng.randint(int(0.7 * rate), int(1.4 * rate))
            out.extend(array.array("h", [0]) * length)
            labels.append(("long_pause", at, at + length))
        else:
            length = int(0.03 * rate)
            burst = [max(-32768, min(32767, s + rng.randint(-22000, 22000))) for s in samples[position:position + length]]
            out.extend(array.array("h", burst))
            position += length
            labels.append(("glitch", at, at + len(burst)))
    out.extend(samples[position:])
    return out, [(kind, a * 1000 // rate, b * 1000 // rate) for kind, a, b in labels]


def as_wav(samples, rate):
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(samples.tobytes())
    return buffer.getvalue()


def checked(response):
    """The JSON of a good answer; otherwise the problem's own sentence."""
    if response.ok:
        return response.json() if response.content else None
    try:
        problem = response.json()
        sys.exit(f"{response.status_code} {problem['code']}: {problem['detail']}")
    except ValueError:
        sys.exit(f"{response.status_code} {response.text[:200]}")


def poll(fetch, done, label, timeout=600):
    """Asks again until done; prints what changes."""
    deadline, last = time.time() + timeout, None
    while time.time() < deadline:
        value = fetch()
        text = label(value)
        if text != last:
            print("  ", text, flush=True)
            last = text
        if done(value):
            return value
        time.sleep(0.5)
    sys.exit("it took too long")


def settings():
    parser = argparse.ArgumentParser()
    parser.add_argument("--base-url", default=os.environ.get("EARMARK_BASE_URL"))
    parser.add_argument("--api-key", default=os.environ.get("EARMARK_API_KEY"))
    parser.add_argument("--files", type=int, default=20, help="files to make (four of them are held back)")
    args = parser.parse_args()
    ready = pathlib.Path(os.environ.get("EARMARK_HOME", ".earmark"), "ready.json")
    if (args.base_url is None or args.api_key is None) and ready.exists():
        known = json.loads(ready.read_text())
        args.base_url = args.base_url or known["gateway_url"]
        args.api_key = args.api_key or known["api_key"]
    if not args.base_url or not args.api_key:
        sys.exit("Start the platform (npm start), or give --base-url and --api-key.")
    return args


def main():
    args = settings()
    api = f"{args.base_url}/api/v1"
    headers = {"X-API-Key": args.api_key}

    def get(path, **params):
        return checked(requests.get(f"{api}{path}", headers=headers, params=params, timeout=30))

    def post(path, body=None):
        return checked(requests.post(f"{api}{path}", headers=headers, json=body, timeout=60))

    def upload(ticket, fields, name, data):
        stored = requests.post(ticket["upload_url"], data=fields, files={"file": (name, data, "audio/wav")}, timeout=60)
        if stored.status_code not in (200, 201, 204):
            sys.exit(f"storage refused the upload: {stored.status_code} {stored.text[:200]}")

    rng = random.Random(7)
    corpus = []
    for index in range(args.files):
        samples, labels = None, []
        speech, rate = speak(rng)
        samples, labels = with_artifacts(speech, rate, rng)
        corpus.append((f"call-{index:03d}.wav", as_wav(samples, rate), labels))
    train, held_back = corpus[:-4], corpus[-4:]

    dataset = post("/datasets", {
        "name": "Quickstart",
        "artifact_types": [{"name": "glitch", "description": "Click or burst"}, {"name": "long_pause", "color": "#4444FF"}],
    })
    print("dataset", dataset["id"])

    ids = {}
    for name, data, _ in train:
        ticket = post(f"/datasets/{dataset['id']}/audio/upload-url",
                      {"filename": name, "content_type": "audio/wav", "file_size": len(data)})
        upload(ticket, ticket["fields"], name, data)
        post(f"/datasets/{dataset['id']}/audio/confirm", {"audio_id": ticket["audio_id"]})
        ids[name] = ticket["audio_id"]
    print("uploaded", len(ids), "files")

    annotation_set = post(f"/datasets/{dataset['id']}/annotation-sets")
    base = f"/datasets/{dataset['id']}/annotation-sets/{annotation_set['id']}"
    created = post(f"{base}/annotations/bulk", {"annotations": [
        {"audio_file_id": ids[name], "artifact_type": kind, "start_ms": start, "end_ms": end}
        for name, _, labels in train for kind, start, end in labels]})
    post(f"{base}/publish")
    print("published", created["created"], "annotations")

    poll(lambda: get(f"/datasets/{dataset['id']}/audio", page_size=1000)["items"],
         lambda files: all(f["processing_status"] in ("ready", "failed") for f in files),
         lambda files: f"{sum(f['processing_status'] == 'ready' for f in files)} of {len(files)} files ready")

    job = post("/training-jobs", {
        "dataset_id": dataset["id"], "annotation_set_id": annotation_set["id"],
        "config": {"artifact_types": ["glitch", "long_pause"], "epochs": 8, "validation_split": 0.2}})
    job = poll(lambda: get(f"/training-jobs/{job['id']}"),
               lambda j: j["status"] in ("completed", "failed", "cancelled"),
               lambda j: f"{j['status']} {j['progress_percent']:.0f} %")
    if job["status"] != "completed":
        sys.exit(f"training {job['status']}: {job['error_message']}")
    models = get("/models", is_active=True)["items"]
    model = next(m for m in models if m["id"] == job["model_id"])
    print(f"model {model['id']}: F1 {model['eval_metrics']['f1_score']:.2f} on validation")

    inference = post("/inference-jobs", {"model_id": model["id"], "config": {"merge_window_ms": 200, "min_duration_ms": 50}})
    for name, data, _ in held_back:
        ticket = post(f"/inference-jobs/{inference['id']}/files/upload-url",
                      {"filename": name, "file_size_bytes": len(data), "content_type": "audio/wav"})
        upload(ticket, ticket["upload_fields"], name, data)
        post(f"/inference-jobs/{inference['id']}/files/confirm", {"file_id": ticket["file_id"]})
    inference = poll(lambda: get(f"/inference-jobs/{inference['id']}"),
                     lambda j: j["status"] in ("completed", "failed", "cancelled"),
                     lambda j: f"{j['processed_files']} of {j['total_files']} files searched")
    found = {f["original_filename"]: f["detections"] or [] for f in inference["files"]}
    hits = total = 0
    for name, _, labels in held_back:
        print(name)
        for kind, start, end in labels:
            match = next((d for d in found[name] if d["artifact_type"] == kind
                          and d["start_ms"] < end + 250 and d["end_ms"] > start - 250), None)
            total, hits = total + 1, hits + (match is not None)
            print(f"  {kind:<11} {start:>6}-{end:<6} ms ", f"found {match['start_ms']}-{match['end_ms']} ms ({match['confidence']:.2f})"
                  if match else "missed")
    print(f"{hits} of {total} artifacts found in audio the model never heard; {inference['total_detections']} detections in all")
    return 0 if total and hits / total >= 0.5 else 1


if __name__ == "__main__":
    sys.exit(main())
