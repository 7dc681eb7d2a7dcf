export interface WebhookRequest {
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

/** What became of it: the status of an answer, or why there was none. Redirects are not followed. */
export type WebhookAnswer = { readonly status: number } | { readonly failed: string };

/** Sends to addresses that strangers named: to public ones alone, resolved and checked anew each time. */
export interface WebhookSender {
  /** Why nothing would be sent to a URL, as far as the URL itself tells. */
  refusal(url: string): string | undefined;
  /** Never throws. */
  send(request: WebhookRequest): Promise<WebhookAnswer>;
}
