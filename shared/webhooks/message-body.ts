import * as z from 'zod';
import type { Told } from './webhook-events.ts';

/** `standard`: by Standard Webhooks. `slack`, `teams`: a sentence for an incoming webhook of that chat. */
export const webhookFormat = z.enum(['standard', 'slack', 'teams']);
export type WebhookFormat = z.output<typeof webhookFormat>;

/** The body of a message, as it is signed and sent. */
export function messageBody(format: WebhookFormat, told: Told): string {
  if (format === 'standard') return JSON.stringify(told);
  const text = sentence(told);
  if (format === 'slack') return JSON.stringify({ text: escaped(text) });
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [{ type: 'TextBlock', text, wrap: true }],
  };
  return JSON.stringify({ type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }] });
}

/** Slack takes these three for marks of its own: `<!channel>` would call everybody. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function sentence({ type, data }: Told): string {
  const of = (name: string): string => (data[name] === undefined ? '' : String(data[name]));
  const next = of('next') === '' ? '' : `\nNext: ${of('next')}`;
  if (type === 'webhook.test') return of('message');
  if (type === 'alert.raised') return `[${of('severity')}] ${of('code')} (${of('environment')}): ${of('message')}${next}`;
  if (type.startsWith('alert.')) return `${type}: ${of('code')} ${of('subject')} (${of('environment')})`;
  const part = of('component') === '' ? '' : `, ${of('component')}`;
  const reason = of('reason') === '' ? '' : `: ${of('reason')}`;
  const done = `${Math.round(Number(data['progress']) * 100)} %`;
  return `${type}: ${of('plan')} on ${of('target')} is ${of('status')} (${done}${part})${reason}${next}`;
}
