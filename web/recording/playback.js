// A recording over its video: the landmarks of the frame that is being shown, while it plays, is
// paused or is searched through.

import { Painter } from '../tag/painter.js';

export class Playback {
  // `canvas` lies over the `video` element. `edges` has flat lists of point pairs, {pose, face,
  // leftHand, rightHand}, `colours` the names of those parts' custom properties.
  constructor(video, canvas, edges, colours) {
    this.video = video;
    const styleOf = (part) => ({ colour: getComputedStyle(canvas).getPropertyValue(colours[part]), width: 1 });
    this.painter = new Painter(canvas, styleOf);
    this.painter.edges = edges;
    this.painter.shown = new Set(Object.keys(edges));
    this.done = new AbortController();
    this.begin = 0; // s, of a file that begins late, where the browser keeps its time
    video.addEventListener('loadeddata', () => (this.begin = video.currentTime), this.done);
    video.addEventListener('seeked', () => this.#paint(video.currentTime), this.done);
    this.#follow();
  }

  // Shows a `recording` over its `source`, a Blob or a URL.
  open(recording, source) {
    this.recording = recording;
    this.painter.image = { width: recording.width, height: recording.height };
    Object.assign(this.painter.overlay.canvas, this.painter.image);
    this.url = source instanceof Blob ? URL.createObjectURL(source) : source;
    this.video.src = this.url;
  }

  close() {
    this.done.abort();
    this.video.cancelVideoFrameCallback(this.handle);
    this.video.removeAttribute('src');
    this.video.load();
    URL.revokeObjectURL(this.url);
  }

  #follow() {
    this.handle = this.video.requestVideoFrameCallback((now, { mediaTime }) => {
      this.#paint(mediaTime);
      this.#follow();
    });
  }

  #paint(seconds) {
    // Half a millisecond: a frame's time is rounded to milliseconds in some files.
    const frame = this.recording?.at((seconds - this.begin) * 1000 + 0.5);
    this.painter.people = frame?.people ?? [];
    this.painter.repaint();
  }
}
