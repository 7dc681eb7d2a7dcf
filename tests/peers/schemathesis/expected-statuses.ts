import { endpoints } from '../../../shared/api/endpoints.ts';
import { PROBLEM_STATUS } from '../../../shared/api/problem-of.ts';

/** Every request may be refused by what is there, or by how much was asked. */
const ANYWHERE = ['2xx', '403', '404', '409', '429'];

/**
 * The part of Schemathesis's configuration that says how a request that fits its schema may be answered: what an endpoint refuses by its
 * own codes (a revision that has passed, a plan that is none) JSON Schema cannot say; that the request does not fit is not among it. Where fields
 * say together what is no sense (a range that ends before it begins), hooks.py draws none.
 */
export function expectedStatuses(): string {
  return Object.entries(endpoints)
    .map(([name, { refuses }]) => {
      const own = refuses.map((code) => String(PROBLEM_STATUS[code]));
      const statuses = [...new Set([...ANYWHERE, ...own])].toSorted();
      return `[[operations]]\ninclude-operation-id = "${name}"\nchecks.positive_data_acceptance.expected-statuses = ${JSON.stringify(statuses)}\n`;
    })
    .join('\n');
}
