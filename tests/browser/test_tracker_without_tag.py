"""HolisticTracker: the tracker of a page that draws by itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import CLIP, MEDIA
from tab import Tab

PAGE = """<!doctype html>
<link rel="icon" href="data:,">
<script type="module">
  import { HolisticTracker } from './holistic-tracker.js';
  const Tracker = HolisticTracker;
  const pose = { parts: ['pose'], workers: 1 };
  const clip = 'intel__book.mkv';
  const told = [];
  const fault = ({ code, message }) => code ?? message;
  const run = async () => { %s };
  globalThis.done = await run().then((value) => ({ value }), (error) => ({ error: String(error) }));
</script>
"""

Run = Callable[[str], Any]


@pytest.fixture
def run(open_tab: Callable[..., Tab], own_site: tuple[Path, str]) -> Run:
    """A function that runs a script in a page with nothing but the tracker, and gives its value."""
    folder, url = own_site
    for file in (CLIP, MEDIA / "signing.jpg"):
        (folder / file.name).write_bytes(file.read_bytes())

    def run(script: str) -> Any:
        (folder / "tracker.html").write_text(PAGE % script, "utf-8")
        tab = open_tab(f"{url}tracker.html")
        tab.wait("globalThis.done")
        done = tab.page.evaluate("done")
        assert "error" not in done, done["error"]
        return done["value"]

    return run


def test_pictures_are_detected_side_by_side_with_nothing_in_the_document(run: Run) -> None:
    script = """
        const tracker = new Tracker(pose);
        const picture = await fetch('signing.jpg').then((response) => response.blob());
        const blank = new ImageData(64, 64);
        const results = await Promise.all(
            [picture, blank, 'signing.jpg'].map((each) => tracker.detect(each)));
        const drawn = document.body?.children.length ?? 0;
        return [drawn, ...results.map(({ people, width }) => [width, people[0]?.pose.length ?? 0])];
    """
    drawn, picture, blank, again = run(script)
    assert drawn == 0
    assert picture == again == [640, 33 * 5]
    assert blank == [64, 0]


def test_a_video_is_tracked_to_its_end(run: Run) -> None:
    script = """
        const tracker = new Tracker(pose);
        await tracker.track(clip, ({ timestamp, people }) => told.push([timestamp, people.length]));
        return [told, tracker.ready.workers];
    """
    results, workers = run(script)
    times = [time for time, _ in results]
    assert times == sorted(set(times))
    assert len(times) > 3
    assert all(people for _, people in results[1:])
    assert workers == 1


@pytest.mark.parametrize("file", ["clip", "new URL(clip, location.href)"])
def test_a_loop_gets_every_result_of_a_file_however_slow_it_is(run: Run, file: str) -> None:
    script = """
        const tracker = new Tracker(pose);
        let sent = 0;
        tracker.addEventListener('landmarks', () => sent++);
        for await (const { frame } of tracker.frames(FILE)) {
            told.push(frame);
            if (told.length < 4) await new Promise((resolve) => setTimeout(resolve, 400));
        }
        return [told, sent];
    """
    frames, sent = run(script.replace("FILE", file))
    assert len(frames) == sent
    assert frames == sorted(set(frames))


def test_a_slow_loop_gets_the_newest_result_of_a_stream_and_its_end_stops_the_tracker(
    run: Run,
) -> None:
    script = """
        const tracker = new Tracker(pose);
        const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 64 });
        const context = canvas.getContext('2d');
        setInterval(() => context.fillRect(0, 0, 64, Math.random() * 64), 20);
        tracker.addEventListener('state', ({ detail }) => told.push(detail.state));
        let last = 0, newest = 0, loops = 0, behind = 0;
        tracker.addEventListener('landmarks', ({ detail }) => (newest = detail.frame));
        for await (const { frame } of tracker.frames(canvas.captureStream())) {
            if (frame <= last) throw new Error('an older frame');
            behind = Math.max(behind, newest - frame);
            last = frame;
            await new Promise((resolve) => setTimeout(resolve, 300));
            if (++loops >= 4 && frame > loops) break; // there were more than it could take
        }
        while (told.at(-1) !== 'idle') await new Promise((resolve) => setTimeout(resolve, 20));
        return [last, behind];
    """
    last, behind = run(script)
    assert last > 4, "those that came meanwhile are left out"
    assert behind <= 1


def test_another_source_or_stop_keeps_the_promise_of_the_one_before(run: Run) -> None:
    script = """
        const tracker = new Tracker(pose);
        const first = tracker.track(clip, () => told.push('first'));
        const second = tracker.track(clip, ({ width }) => {
            const frame = tracker.frame();
            told.push(frame instanceof ImageData && frame.width === width && frame.data[3] === 255);
            tracker.stop();
        });
        await Promise.all([first, second]);
        return told;
    """
    assert run(script) == [True]


def test_what_goes_wrong_rejects_the_promise(run: Run) -> None:
    script = """
        const tracker = new Tracker(pose);
        const broken = () => { throw new Error('no canvas'); };
        told.push(await tracker.track('nothing.jpg', () => {}).catch(fault));
        told.push(await tracker.detect('nothing.jpg').catch(fault));
        told.push(await tracker.track(clip, broken).catch(fault));
        told.push(await tracker.track(undefined, () => {}).catch(fault));
        told.push(await tracker.track(clip).catch(fault));
        const loop = async () => { for await (const _ of tracker.frames('nothing.jpg')); };
        told.push(await loop().catch(fault));
        told.push((await tracker.detect('signing.jpg')).people.length);
        return told;
    """
    needs = "track(source, callback) needs a function"
    told = ["bad-file", "bad-file", "no canvas", "bad-source", needs, "bad-file", 1]
    assert run(script) == told


def test_one_that_is_closed_before_its_first_result_leaves_no_worker(run: Run) -> None:
    script = """
        const tracker = new Tracker(pose);
        tracker.addEventListener('state', ({ detail }) => {
            if (detail.state === 'running') tracker.close();
        });
        await tracker.track('signing.jpg', () => {});
        const other = new Tracker(pose);
        await other.detect('signing.jpg'); // meanwhile the first one's worker is idle
        other.close();
        const living = async () => (await navigator.locks.query()).held.length;
        for (let looks = 0; looks < 600 && (await living()); looks++) {
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
        return living();
    """
    assert run(script) == 0


def test_everything_can_be_loaded_before_and_is_let_go_of_in_the_end(run: Run) -> None:
    script = """
        const tracker = new Tracker(pose);
        const [{ files, workers }, again] = await Promise.all([tracker.load(), tracker.load()]);
        const closing = new Tracker(pose);
        const loading = closing.load().catch(fault);
        closing.close();
        told.push(files.some((file) => file.includes('pose_landmarks')), workers, await loading);
        const tracked = tracker.track(clip, () => tracker.close());
        await tracked;
        told.push(tracker.ready, await tracker.detect('signing.jpg').catch(fault));
        tracker.close();
        return told;
    """
    closed = "this HolisticTracker is closed: make another one"
    assert run(script) == [True, 1, closed, None, closed]
