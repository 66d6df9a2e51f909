// SPDX-License-Identifier: MIT
// <hark-survey survey="post-purchase" site-key="hk_live_…" touchpoint="checkout">. docs/widget.md says what it takes and tells.
import { readForm } from './form.js';
import { newId } from './identity.js';
import { amend, flush, mend, onOutcome, sayLastWords, submit } from './outbox.js';
import { readItem, writeItem } from './storage.js';
import { defaultText, languageOf, wordingIn } from './texts.js';
import { makeCard, makeComment, makeQuestion, makeThanks } from './view.js';

const NAMES = ['survey', 'region', 'touchpoint', 'product', 'segment', 'customer-id', 'interaction-id'];
const DAY_MS = 86400e3;
const HOME = document.currentScript?.src ? new URL(document.currentScript.src).origin : '';

// STYLE is widget.css, put in by tools/join-widget.
let sheet = null;

// A sheet of its own needs no permission of the page's Content-Security-Policy, as an inline style would.
function dress(root) {
  try {
    sheet ??= new CSSStyleSheet();
    if (!sheet.cssRules.length) sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
  } catch {
    const style = document.createElement('style');
    style.textContent = STYLE;
    root.append(style);
  }
}

export class HarkSurvey extends HTMLElement {
  static observedAttributes = ['lang', 'theme', 'metric', 'survey', 'brand'];

  #view = null;
  #answer = null; // what was submitted: {id, …} as the outbox keeps it
  #form = null;
  #showing = null;

  constructor() {
    super();
    dress(this.attachShadow({ mode: 'open' }));
  }

  connectedCallback() {
    mend(this.api, this.getAttribute('site-key'), this.getAttribute('survey'));
    watchPage(this.api);
    outcomes.add(this);
    if (!this.hasAttribute('manual')) this.show();
  }

  disconnectedCallback() {
    outcomes.delete(this);
  }

  attributeChangedCallback(name) {
    if (name === 'theme') this.#paint();
    else if (this.open && !this.#answer) this.#again();
  }

  get api() {
    return (this.getAttribute('api') ?? HOME).replace(/\/$/, '');
  }

  get open() {
    return this.hasAttribute('open');
  }

  // The id of the answer that was given here; null: none yet.
  get responseId() {
    return this.#answer?.id ?? null;
  }

  // Resolves to whether it is seen now. force: also one who was asked a short while ago.
  async show({ force = false } = {}) {
    if (this.open) return true;
    if (!force && this.#wasAskedLately()) return false;
    this.#showing ??= this.#show().finally(() => (this.#showing = null));
    return this.#showing;
  }

  hide() {
    if (!this.open) return;
    this.removeAttribute('open');
    this.#tell('dismissed', { answered: this.#answer !== null });
    if (!this.#answer) this.#record('dismissed');
  }

  // What the outbox has to say about an answer of this element.
  settled(outcome) {
    if (outcome.id !== this.#answer?.id) return;
    if (outcome.type === 'sent') this.#tell('sent', { id: outcome.id });
    else this.#tell('error', { reason: outcome.type, status: outcome.status, problem: outcome.problem });
  }

  async #show() {
    if (!this.getAttribute('site-key') || !this.api) {
      return this.#refuse('site-key and, where the script has no address of its own, api must be given');
    }
    const form = await this.#readForm();
    if (!form.questions.length) return this.#refuse(form.fault ? `the survey can't be read: ${form.fault}` : 'there is nothing to ask');
    if (!this.isConnected) return false;
    this.#form = form;
    this.#answer = null;
    this.#render();
    this.setAttribute('open', '');
    this.#remember();
    this.#tell('shown', { survey: this.getAttribute('survey') });
    this.#record('shown');
    return true;
  }

  #readForm() {
    const [key, survey, metric] = ['site-key', 'survey', 'metric'].map((name) => this.getAttribute(name));
    return readForm({ api: this.api, key, survey, metric });
  }

  #refuse(detail) {
    this.#tell('error', { reason: 'configuration', detail });
    return false;
  }

  async #again() {
    if (this.#showing) await this.#showing;
    const form = await this.#readForm();
    if (!form.questions.length || this.#answer) return;
    this.#form = form;
    this.#render();
  }

  #render() {
    const texts = this.#texts();
    this.#paint();
    this.#view = makeCard(texts, () => this.hide(), () => this.getAttribute('placement') === 'corner');
    this.#view.steps.append(this.#question(0));
    this.shadowRoot.replaceChildren(...this.shadowRoot.querySelectorAll('style'), this.#view.card);
  }

  #question(index) {
    const question = this.#form.questions[index];
    return makeQuestion(question, index, this.#texts(question), (score) => this.#score(index, question, score));
  }

  // Sent at once. The rest is asked below, where the focus doesn't jump.
  #score(index, question, score) {
    const answers = { [question.key]: score };
    const isFirst = this.#answer === null;
    if (isFirst) this.#submit(answers);
    else amend(this.#answer, { answers });
    this.#tell('answered', { id: this.#answer.id, question: question.key, score, first: isFirst });
    if (isFirst) this.#record('answered', { response_id: this.#answer.id });
    this.#goOn(index + 1);
  }

  #goOn(index) {
    const { steps, status } = this.#view;
    const texts = this.#texts();
    if (steps.children.length > index) return;
    const isQuestion = index < this.#form.questions.length;
    const asksComment = !this.hasAttribute('no-comment');
    if (!isQuestion && !asksComment) return this.#thank();
    const step = isQuestion ? this.#question(index) : makeComment(texts, (comment) => this.#comment(comment));
    step.classList.add('added');
    steps.append(step);
    status.textContent = `${texts.saved} ${isQuestion ? texts.more : texts.room}`;
  }

  #comment(comment) {
    if (comment) {
      amend(this.#answer, { comment });
      this.#tell('commented', { id: this.#answer.id });
    }
    this.#thank();
  }

  // What had the focus is gone: it goes to what took its place, and only then.
  #thank() {
    const thanks = makeThanks(this.#texts());
    const hadFocus = this.shadowRoot.activeElement !== null;
    this.#view.steps.replaceChildren(thanks);
    this.#view.status.textContent = '';
    if (hadFocus) thanks.focus({ preventScroll: true });
    this.#tell('finished', { id: this.#answer.id });
  }

  #submit(answers) {
    const body = { ...this.#context(), occurred_at: new Date().toISOString(), answers, source: 'widget' };
    if (this.#form.version !== null) body.survey_version = this.#form.version;
    this.#answer = { id: newId(), api: this.api, key: this.getAttribute('site-key'), path: '/v1/responses' };
    this.#answer.body = { id: this.#answer.id, ...body };
    submit(this.#answer);
  }

  // Asked for by the attribute `events`.
  #record(action, more = {}) {
    if (!this.hasAttribute('events')) return;
    const id = newId();
    const body = { id, action, ...this.#context(), ...more, occurred_at: new Date().toISOString(), source: 'widget' };
    submit({ id, api: this.api, key: this.getAttribute('site-key'), path: '/v1/events', body });
  }

  // Who and where. channel is web unless the page says otherwise, or says nothing at all: channel="".
  #context() {
    const context = {};
    for (const name of NAMES) {
      const value = this.getAttribute(name);
      if (value) context[name.replace('-', '_')] = value;
    }
    const channel = this.getAttribute('channel') ?? 'web';
    if (channel) context.channel = channel;
    const dimensions = [...this.attributes]
      .filter(({ name, value }) => name.startsWith('dimension-') && value)
      .map(({ name, value }) => [name.slice('dimension-'.length).replaceAll('-', '_'), value]);
    if (dimensions.length) context.dimensions = Object.fromEntries(dimensions);
    return context;
  }

  // By attribute (text-question, text-csat, text-low …), by the survey, by default: in this order.
  #texts(question) {
    const language = languageOf(this);
    const own = (name) => this.getAttribute(`text-${name}`);
    const text = (name) => own(name) ?? defaultText(language, name);
    const brand = this.getAttribute('brand') ?? text('brand');
    const all = Object.fromEntries(
      ['comment', 'optional', 'placeholder', 'next', 'send', 'saved', 'more', 'room', 'thanks', 'close', 'survey'].map((name) => [name, text(name)]),
    );
    if (!question) return all;
    const { key, metric, ends, wording } = question;
    const standard = defaultText(language, metric);
    all.question = own(key) ?? own('question') ?? wordingIn(language, wording) ?? standard?.replace('{brand}', brand) ?? key;
    all.low = own(`${key}-low`) ?? own('low') ?? defaultText(language, `${ends}-low`);
    all.high = own(`${key}-high`) ?? own('high') ?? defaultText(language, `${ends}-high`);
    return all;
  }

  // As the page is: dark where it says that it can be, and the visitor wants it. theme: light, dark, auto (as the visitor wants).
  #paint() {
    const theme = this.getAttribute('theme');
    const computed = getComputedStyle(this).colorScheme;
    const scheme = computed === 'normal' ? document.querySelector('meta[name="color-scheme"]')?.content ?? '' : computed;
    const canBe = theme === 'auto' || (!theme && /dark/.test(scheme));
    const must = theme === 'dark' || (!theme && /dark/.test(scheme) && !/light/.test(scheme));
    this.toggleAttribute('data-dark', must || (canBe && darkness.matches));
  }

  repaint() {
    if (this.open) this.#paint();
  }

  #askedName() {
    return `hark:asked:${this.api}:${this.getAttribute('survey') ?? ''}`;
  }

  #wasAskedLately() {
    const days = Number(this.getAttribute('throttle-days'));
    const asked = readItem(this.#askedName());
    return days > 0 && asked !== null && Date.now() - asked < days * DAY_MS;
  }

  #remember() {
    if (this.hasAttribute('throttle-days')) writeItem(this.#askedName(), Date.now());
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(`hark:${type}`, { detail, bubbles: true, composed: true }));
  }
}

const outcomes = new Set();
const darkness = matchMedia('(prefers-color-scheme: dark)');
const watched = new Set();

// Once for each service: what an earlier visit left behind is sent, and what is left when the page goes.
function watchPage(api) {
  if (watched.has(api)) return;
  watched.add(api);
  flush(api);
  addEventListener('online', () => flush(api));
  addEventListener('pageshow', (event) => event.persisted && flush(api));
  addEventListener('pagehide', () => sayLastWords(api));
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') flush(api);
    else sayLastWords(api);
  });
}

onOutcome((outcome) => outcomes.forEach((element) => element.settled(outcome)));
darkness.addEventListener?.('change', () => outcomes.forEach((element) => element.repaint()));
if (!customElements.get('hark-survey')) customElements.define('hark-survey', HarkSurvey);
