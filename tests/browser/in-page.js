// Functions that run in the page. Each is sent there as its text, so it must not use anything outside itself.

/** Each text whose contrast is below WCAG's level AA, with its ratio. Colours must be opaque, as the page's are. */
exports.faintTexts = () => {
  const channels = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (color) => {
    const [red, green, blue] = channels(color).map((channel) => {
      const share = channel / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const backgroundOf = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const { backgroundColor } = getComputedStyle(each);
      if ((channels(backgroundColor)[3] ?? 1) === 1) return backgroundColor;
    }
    return 'rgb(255, 255, 255)';
  };
  const faint = [];
  let seen = 0;
  for (const element of document.querySelectorAll('body *')) {
    const isField = ['INPUT', 'TEXTAREA'].includes(element.tagName);
    const isText = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!(isText || isField) || !element.checkVisibility()) continue;
    seen++;
    const { color, fontSize, fontWeight } = getComputedStyle(element);
    const [one, other] = [luminance(color), luminance(backgroundOf(element))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    const size = Number.parseFloat(fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700);
    if (ratio < (isLarge ? 3 : 4.5))
      faint.push(`${ratio.toFixed(2)}: ${element.tagName} ${element.textContent}`);
  }
  return { seen, faint };
};

/** How many pixels of the page are cut off at the right. */
exports.cutOff = () => Math.max(0, document.documentElement.scrollWidth - window.innerWidth);

/** The label or the text of the element with the focus. */
exports.focused = () => {
  const label = document.activeElement.labels?.[0] ?? document.activeElement;
  return label.textContent.trim();
};

/** Whether the focus is visible. A radio button shows it on its label. */
exports.focusIsSeen = () => {
  const { activeElement: element } = document;
  const drawn = element.type === 'radio' ? element.nextElementSibling : element;
  return getComputedStyle(drawn).outlineStyle === 'solid';
};

/** The journeys that the page's server remembers, as it sends them to a page that opens. */
exports.rememberedJourneys = () =>
  new Promise((resolve) => {
    const source = new EventSource('api/events');
    source.addEventListener('state', ({ data }) => {
      source.close();
      resolve(JSON.parse(data).journeys);
    });
  });

/** Whether the note beside the redrive queue names a next try, and another than before. */
exports.namesAnotherTry = (before) => {
  const { textContent } = document.querySelector('#waiting .note');
  return textContent.includes('next try in') && textContent !== before;
};

/** In which direction an element's text runs. */
exports.directionOf = (element) => getComputedStyle(element).direction;

/** How many times higher an element's text is than what is seen of it. */
exports.foldedTimes = ({ clientHeight, scrollHeight }) => scrollHeight / clientHeight;

/** The words that are broken inside, of words that fit a line: of up to 20 letters, and not part of code. */
exports.brokenWords = () => {
  const broken = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.parentElement.checkVisibility() || node.parentElement.closest('.hidden, pre')) continue;
    for (const { 0: word, index } of node.textContent.matchAll(/\p{L}{2,20}/gu)) {
      const range = document.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
      const isInside = /[^\s\p{P}]{21}/u.test(node.textContent); // part of what cannot fit
      if (lines.size > 1 && !isInside) broken.push(word);
    }
  }
  return broken;
};

/** Whether the outcomes that the page counts of a burst are those of all its messages. */
exports.burstIsOver = (all) => {
  const [, , counts] = document.querySelectorAll('#burst-state > span');
  const numbers = counts?.textContent.match(/\d+/g) ?? [];
  return numbers.reduce((sum, number) => sum + Number(number), 0) === all;
};

/** Resolves when the events of scrolling and of another size have been dispatched: they are, before a frame. */
exports.twoFrames = () =>
  new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
  });
