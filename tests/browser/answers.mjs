// SPDX-License-Identifier: MIT
// Made-up answers, the same in each run but for the present: three months (or so many days) in four regions, with a bad fortnight in one of them.

// Mulberry32: small, and the same everywhere.
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const REGIONS = ['ES-CT', 'ES-MD', 'DE-BE', 'DE-BY'];
const CHANNELS = ['web', 'app', 'store', 'phone'];
const TOUCHPOINTS = ['checkout', 'delivery', 'support'];
const WORDS = [
  'Quick and easy, thank you.',
  'The app lost my basket twice.',
  'Friendly on the phone, but I waited twenty minutes.',
  'Delivered a day early!',
  'I could not find the size I needed.',
  'Everything as it should be.',
  'The new checkout asks for my address again and again.',
  'Muy contenta, volveré.',
];
const DAY = 86_400_000;

const mood = { web: 0.1, app: -0.05, store: 0.25, phone: -0.2, 'ES-CT': 0.1, 'ES-MD': 0, 'DE-BE': -0.05, 'DE-BY': 0.05 };

function scoreOf(chance, lean) {
  const happy = 0.5 + lean;
  const draw = chance();
  if (draw < happy) return chance() < 0.6 ? 10 : 9;
  if (draw < happy + 0.25) return chance() < 0.6 ? 8 : 7;
  return Math.floor(chance() * 7);
}

export function someAnswers({ count = 4500, days = 90, seed = 7, now = Date.now() } = {}) {
  const chance = random(seed);
  const pick = (list, weight) => list[Math.floor(chance() ** weight * list.length)];
  const made = [];
  for (let i = 0; i < count; i++) {
    const age = chance() * days;
    const channel = pick(CHANNELS, 1.6);
    const region = pick(REGIONS, 1.3);
    const isBad = region === 'DE-BE' && age > 20 && age < 34;
    const lean = mood[channel] + mood[region] - (isBad ? 0.9 : 0);
    const nps = scoreOf(chance, lean);
    made.push({
      occurred_at: new Date(now - age * DAY - 60_000).toISOString(),
      channel,
      region,
      survey: 'post-purchase',
      touchpoint: pick(TOUCHPOINTS, 1),
      product: chance() < 0.5 ? 'basic' : 'plus',
      segment: chance() < 0.3 ? 'new' : 'returning',
      answers: {
        nps,
        csat: Math.max(1, Math.min(5, Math.round(nps / 2.2 + chance()))),
        ces: Math.max(1, Math.min(7, Math.round(nps / 1.8 + chance() * 1.5))),
      },
      ...(chance() < 0.15 && { comment: WORDS[Math.floor(chance() * WORDS.length)] }),
    });
  }
  return made;
}
