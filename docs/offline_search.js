// The search of the site runs in a worker, which a browser refuses to a page opened as a file. There it runs in
// a hidden frame that behaves like one.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.documentElement.append(frame);
      this.inside = frame.contentWindow;
      this.waiting = [];
      const inside = this.inside;
      const load = (address) =>
        new Promise((done) => {
          const script = inside.document.createElement("script");
          script.src = new URL(address, location.href);
          script.onload = done;
          inside.document.body.append(script);
        });
      inside.importScripts = (...addresses) => addresses.reduce((last, next) => last.then(() => load(next)), Promise.resolve());
      inside.postMessage = (data) => {
        const event = new MessageEvent("message", { data });
        this.dispatchEvent(event);
        this.onmessage?.(event);
      };
      load(url).then(() => {
        this.ready = true;
        this.waiting.forEach((data) => this.deliver(data));
      });
    }
    postMessage(data) {
      if (this.ready) this.deliver(data);
      else this.waiting.push(data);
    }
    deliver(data) {
      this.inside.dispatchEvent(new this.inside.MessageEvent("message", { data }));
    }
    terminate() {}
  };
}
