// SPDX-License-Identifier: MIT
// The settings become attributes of a widget, and the tags that a page needs for the same.
const controls = document.getElementById('controls');
const stage = document.getElementById('stage');
const code = document.getElementById('code');
const events = document.getElementById('events');
const types = ['shown', 'answered', 'commented', 'sent', 'finished', 'dismissed', 'error'];
let version = null;

const settings = () => Object.fromEntries([...new FormData(controls)].filter(([, value]) => value !== ''));

function attributesOf({ accent, ...attributes }) {
  return accent === '#2456d6' ? attributes : { ...attributes, style: `--hark-accent: ${accent}` };
}

const quoted = (value) => value.replaceAll('&', '&amp;').replaceAll('"', '&quot;');

function showCode() {
  const attributes = attributesOf({ 'site-key': 'hk_live_…', ...settings() });
  const words = Object.entries(attributes).map(([name, value]) => `${name}="${quoted(value)}"`);
  const script = version
    ? `<script async src="${location.origin}${version.path}"\n        integrity="${version.integrity}" crossorigin="anonymous"></script>`
    : `<script async src="${location.origin}/widget.js"></script>`;
  code.textContent = `${script}\n<hark-survey ${words.join('\n             ')}></hark-survey>`;
}

function showWidget() {
  const { accent, ...attributes } = settings();
  const widget = document.createElement('hark-survey');
  for (const [name, value] of Object.entries(attributes)) widget.setAttribute(name, value);
  widget.style.setProperty('--hark-accent', accent === '#2456d6' ? '' : accent);
  stage.replaceChildren(widget);
}

function note({ type, detail }) {
  const line = document.createElement('li');
  line.textContent = `${type} ${JSON.stringify(detail)}`;
  events.append(line);
}

types.forEach((type) => stage.addEventListener(`hark:${type}`, note));
controls.addEventListener('input', showCode);
controls.addEventListener('submit', (event) => {
  event.preventDefault();
  showCode();
  showWidget();
});

// A key that was handed over in the fragment does not stay in the address.
const key = new URLSearchParams(location.hash.slice(1)).get('key');
if (key) {
  controls.elements['site-key'].value = key;
  history.replaceState(null, '', location.pathname + location.search);
}
showCode();
if (key) showWidget();
fetch('/widget.json')
  .then((reply) => reply.json())
  .then((found) => {
    version = found;
    showCode();
  });
