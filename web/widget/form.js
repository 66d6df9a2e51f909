// SPDX-License-Identifier: MIT
// What to ask: as the survey is defined in Hark, or else as the element's attribute `metric` says.
import { readItem, removeItem, writeItem } from './storage.js';

const SCALES = { nps: [0, 10], csat: [1, 5], ces: [1, 7] };
const WAIT_MS = 4000;

const builtIn = (metric) => ({ key: metric, metric, ends: metric, min: SCALES[metric][0], max: SCALES[metric][1], wording: null });

export function formOfMetrics(metrics) {
  const names = metrics.split(/[\s,]+/).filter((name) => SCALES[name]);
  return { version: null, questions: [...new Set(names)].map(builtIn) };
}

function formOf(definition) {
  const questions = definition.questions
    .filter(({ scale }) => scale)
    .map(({ key, metric, scale, polarity, wording }) => {
      // The usual names of the ends mean the usual direction.
      const ends = polarity === 'low_is_good' ? 'custom' : metric;
      return { key, metric, ends, min: scale.min, max: scale.max, wording };
    });
  return { version: definition.version ?? null, questions };
}

async function fetchForm(api, key, survey) {
  const reply = await fetch(`${api}/v1/surveys/${encodeURIComponent(survey)}/form`, {
    headers: { Authorization: `Bearer ${key}` },
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    signal: AbortSignal.timeout?.(WAIT_MS),
  });
  if (reply.status === 404) return null;
  if (!reply.ok) throw new Error(reply.status);
  return formOf(await reply.json());
}

// metric: null where the page names none. No question, and a fault: the service can't say, it never said before, and neither
// does the page.
export async function readForm({ api, key, survey, metric }) {
  const name = `hark:form:${api}:${survey}`;
  if (!survey) return formOfMetrics(metric ?? 'nps');
  try {
    const form = await fetchForm(api, key, survey);
    if (form) writeItem(name, form);
    else removeItem(name);
    return form ?? formOfMetrics(metric ?? 'nps');
  } catch ({ message }) {
    return readItem(name) ?? (metric ? formOfMetrics(metric) : { version: null, questions: [], fault: message });
  }
}
