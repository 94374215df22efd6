// A recording over its video: the landmarks of the frame that is being shown, while it plays, is
// paused or is searched through.

export class Playback {
  // `painter` is one of tag/painter.mjs, on a canvas over the `video` element.
  constructor(video, painter) {
    Object.assign(this, { video, painter });
    this.done = new AbortController();
    video.addEventListener('seeked', () => this.#paint(video.currentTime), this.done);
    this.#follow();
  }

  // Shows a `recording` over the video at `url`.
  open(recording, url) {
    this.recording = recording;
    this.painter.image = { width: recording.width, height: recording.height };
    Object.assign(this.painter.overlay.canvas, this.painter.image);
    this.video.src = url;
  }

  close() {
    this.done.abort();
    this.video.cancelVideoFrameCallback(this.handle);
    this.video.removeAttribute('src');
    this.video.load();
  }

  #follow() {
    this.handle = this.video.requestVideoFrameCallback((now, { mediaTime }) => {
      this.#paint(mediaTime);
      this.#follow();
    });
  }

  #paint(seconds) {
    // Half a millisecond: a frame's time is rounded to milliseconds in some files.
    const frame = this.recording?.at(seconds * 1000 + 0.5);
    this.painter.people = frame?.people ?? [];
    this.painter.repaint();
  }
}
