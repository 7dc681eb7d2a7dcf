import type { Notice } from '../ports/notifier.ts';

/** `[critical] A run failed (production)`: no line breaks, for the subject of a mail. */
export const noticeTitle = ({ severity, title, environment, escalations }: Notice): string =>
  `[${severity}] ${escalations > 0 ? 'Still open: ' : ''}${title} (${environment})`;

/** What happened, what to do about it, and how to end it. */
export const noticeLines = ({ message, next, code, id }: Notice): readonly string[] => [
  message,
  `Next: ${next}`,
  `${code}. To acknowledge it: slipway alerts ack ${id}`,
];
