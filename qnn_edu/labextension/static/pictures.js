// What JupyterLab leaves out of the course's pictures: their alternative texts, and the dark theme.
// JupyterLab loads this as a prebuilt extension: a container with `init` and `get`, here by hand.
(() => {
  const RENDERERS = "@jupyterlab/rendermime";
  const MARK = "qnn-edu-picture";
  // Lightness is turned round, then hue turned back: white becomes the page's #111, blue stays blue.
  const STYLE = `
    .${MARK} > img { max-width: 100%; height: auto; }
    [data-jp-theme-light="false"] .${MARK} > img { filter: invert(93.3%) hue-rotate(180deg); }
  `;
  const TITLE = /^<svg role="img" aria-labelledby="(\w+)"[^]*?<title id="\1">([^]*?)<\/title>/;

  // What a picture of ours shows, in words, and whether it may be darkened; of others nothing.
  const about = {
    "image/png": ({ metadata }) => {
      const { alt, photograph } = metadata["image/png"] ?? {};
      return { alt, dark: Boolean(alt) && !photograph };
    },
    "image/svg+xml": ({ data }) => {
      const title = TITLE.exec(data["image/svg+xml"])?.[2];
      return { alt: title && unescaped(title), dark: Boolean(title) };
    },
  };

  const unescaped = html => new DOMParser().parseFromString(html, "text/html").body.textContent;

  function told(factory, find) {
    const createRenderer = options => {
      const widget = factory.createRenderer(options);
      const render = widget.render.bind(widget);
      widget.render = async model => {
        await render(model);
        const { alt, dark } = find(model);
        const image = widget.node.querySelector("img");
        if (alt && image) image.alt = alt;
        widget.node.classList.toggle(MARK, dark);
      };
      return widget;
    };
    return { ...factory, createRenderer };
  }

  function activate(_, renderers) {
    for (const [kind, find] of Object.entries(about)) {
      const factory = renderers.getFactory(kind);
      renderers.addFactory({ ...told(factory, find), mimeTypes: [kind] });
    }
  }

  let shared;
  const extension = async () => {
    const [version] = Object.values(shared[RENDERERS]);
    const { IRenderMimeRegistry: renderers } = (await version.get())();
    const plugin = { id: "qnn-edu:pictures", autoStart: true, requires: [renderers], activate };
    return { __esModule: true, default: plugin };
  };
  const style = () => {
    document.head.append(Object.assign(document.createElement("style"), { textContent: STYLE }));
    return {};
  };

  const modules = { "./extension": extension, "./style": style };
  (window._JUPYTERLAB ??= {})["qnn-edu"] = {
    init: scope => {
      shared = scope;
    },
    get: async name => {
      const found = await modules[name]();
      return () => found;
    },
  };
})();
