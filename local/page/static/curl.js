// The page's actions as command lines for a shell.
import { byId, element } from './element.js';

const JSON_TYPE = { 'content-type': 'application/json' };

/** A POST with curl. @param signing the scheme and the user of an AWS signature; without it, none */
export function curl({ url, headers = JSON_TYPE, body, signing }) {
  const signed = signing ? [`--aws-sigv4 ${quoted(signing.scheme)}`, `--user ${quoted(signing.user)}`] : [];
  const given = Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  return ['curl', ...signed, ...given, `-d ${quoted(body)}`, quoted(url)].join(' ');
}

/** One of the page's own actions: its server wants to hear that the page asks. */
export function curlOfPage(path, input = {}) {
  const headers = { origin: location.origin, ...JSON_TYPE };
  return curl({ url: new URL(path, location.href).href, headers, body: JSON.stringify(input) });
}

/** For a POSIX shell. */
function quoted(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Shows command lines in `details`, as they are when it is opened. @param commands returns them, by what they do */
export function showCurl(id, commands) {
  const details = byId(id);
  const list = element('dl');
  details.append(list);
  details.addEventListener('toggle', () => {
    list.replaceChildren();
    for (const [name, command] of Object.entries(commands())) {
      list.append(element('dt', {}, name), element('dd', {}, copied(name, command)));
    }
  });
}

function copied(name, command) {
  const button = element('button.quiet', { type: 'button' }, 'Copy');
  button.setAttribute('aria-label', `Copy: ${name}`);
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(command);
    button.textContent = 'Copied';
  });
  const text = element('pre', { tabindex: '0', role: 'group', 'aria-label': `${name}, with curl` }, command);
  return element('div.command', {}, text, button);
}
