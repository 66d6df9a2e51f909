// SPDX-License-Identifier: MIT
// What the form says unless the survey or the page says otherwise. {brand} is who asks.

const TEXTS = {
  en: {
    brand: 'us',
    nps: 'How likely are you to recommend {brand} to a friend or colleague?',
    'nps-low': 'Not at all likely',
    'nps-high': 'Extremely likely',
    csat: 'How satisfied are you with your experience?',
    'csat-low': 'Very dissatisfied',
    'csat-high': 'Very satisfied',
    ces: 'It was easy to do what I came for.',
    'ces-low': 'Strongly disagree',
    'ces-high': 'Strongly agree',
    rating: 'How would you rate it?',
    'rating-low': 'Poor',
    'rating-high': 'Excellent',
    'custom-low': 'Lowest',
    'custom-high': 'Highest',
    comment: 'What is the main reason for your answer?',
    optional: 'Optional',
    placeholder: '',
    next: 'Send',
    send: 'Send comment',
    saved: 'Saved. Thank you!',
    more: 'There is one more question.',
    room: 'You can add a comment.',
    thanks: 'Thank you, that helps us.',
    close: 'Close',
    survey: 'Survey',
  },
  es: {
    brand: 'nuestra empresa',
    nps: '¿Con qué probabilidad recomendaría {brand} a un amigo o colega?',
    'nps-low': 'Nada probable',
    'nps-high': 'Muy probable',
    csat: '¿Cuál es su grado de satisfacción con su experiencia?',
    'csat-low': 'Muy insatisfecho',
    'csat-high': 'Muy satisfecho',
    ces: 'Me resultó fácil hacer lo que quería.',
    'ces-low': 'Muy en desacuerdo',
    'ces-high': 'Muy de acuerdo',
    rating: '¿Cómo lo valora?',
    'rating-low': 'Mal',
    'rating-high': 'Excelente',
    'custom-low': 'Mínimo',
    'custom-high': 'Máximo',
    comment: '¿Cuál es el motivo principal de su respuesta?',
    optional: 'Opcional',
    placeholder: '',
    next: 'Enviar',
    send: 'Enviar comentario',
    saved: 'Guardado. ¡Gracias!',
    more: 'Hay una pregunta más.',
    room: 'Puede añadir un comentario.',
    thanks: 'Gracias, nos ayuda mucho.',
    close: 'Cerrar',
    survey: 'Encuesta',
  },
};

const primary = (tag) => tag.toLowerCase().split('-')[0];

// The language of the nearest element that says one, or else of the browser: one that there are texts in.
export function languageOf(element) {
  const named = element.closest('[lang]')?.lang || document.documentElement.lang;
  const wanted = named ? [named] : navigator.languages;
  return wanted.find((tag) => TEXTS[primary(tag)]) ?? 'en';
}

// Of a wording such as {"en": "…", "es-MX": "…"}, or a single text.
export function wordingIn(language, wording) {
  if (!wording || typeof wording === 'string') return wording || null;
  const tags = Object.keys(wording);
  const fits =
    tags.find((tag) => tag.toLowerCase() === language.toLowerCase()) ??
    tags.find((tag) => primary(tag) === primary(language)) ??
    tags.find((tag) => primary(tag) === 'en') ??
    tags[0];
  return wording[fits] ?? null;
}

export const defaultText = (language, name) => TEXTS[primary(language)]?.[name] ?? TEXTS.en[name];
