import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { noticeLines, noticeTitle } from '../../shared/alerts/notice-text.ts';
import type { Notice, Notifier } from '../../shared/ports/notifier.ts';
import { storeFailure } from './store-failure.ts';

export interface SnsNotifierOptions {
  readonly client: SNSClient;
  /** ARN. */
  readonly topic: string;
}

/** SNS takes no more, and nothing but printable ASCII there. */
const SUBJECT = 100;

/** Publishes to a topic: mails as text, and the attributes by which a subscription may filter. */
export class SnsNotifier implements Notifier {
  readonly #options: SnsNotifierOptions;

  constructor(options: SnsNotifierOptions) {
    this.#options = options;
  }

  async tell(notice: Notice): Promise<void> {
    const { client, topic } = this.#options;
    const word = (StringValue: string) => ({ DataType: 'String', StringValue });
    const command = new PublishCommand({
      TopicArn: topic,
      Subject: noticeTitle(notice)
        .replaceAll(/[^ -~]/g, '?')
        .slice(0, SUBJECT),
      Message: noticeLines(notice).join('\n\n'),
      MessageAttributes: {
        severity: word(notice.severity),
        code: word(notice.code),
        environment: word(notice.environment),
        escalation: word(String(notice.escalations > 0)),
      },
    });
    try {
      await client.send(command);
    } catch (error) {
      throw storeFailure(`Telling of alert ${notice.id}`, error);
    }
  }
}
