import { noticeLines, noticeTitle } from '../../shared/alerts/notice-text.ts';
import type { Notifier } from '../../shared/ports/notifier.ts';

/** Tells of an alert in lines of text, for whoever watches the control plane's console. */
export const lineNotifier = (log: (line: string) => void): Notifier => ({
  tell: async (notice) => {
    for (const line of [noticeTitle(notice), ...noticeLines(notice).map((text) => `  ${text}`)]) log(line);
  },
});
