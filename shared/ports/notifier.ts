/** What a person is told of an alert. */
export interface Notice {
  readonly id: string;
  readonly environment: string;
  readonly code: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly title: string;
  readonly subject: string;
  readonly message: string;
  readonly next: string;
  /** 0: the first word of it; above: nobody has acknowledged it since. */
  readonly escalations: number;
}

/** How people are reached: an SNS topic, or the console of the embedded control plane. Throws where it cannot be told now. */
export interface Notifier {
  tell(notice: Notice): Promise<void>;
}
