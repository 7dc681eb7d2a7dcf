import { Budget } from '@pulumi/aws/budgets/budget.js';
import { ComponentResource, type ComponentResourceOptions } from '@pulumi/pulumi';
import type { Naming } from '../naming.ts';

export interface CostBudgetArgs {
  readonly naming: Naming;
  readonly monthlyUsd: number;
  readonly email: string;
}

/**
 * Tells when what carries the environment's tag has cost four fifths of the limit, or will cost more than it by the end of the
 * month. Counts only once `slipway:environment` is activated as a cost allocation tag, which the payer's account does once.
 */
export class CostBudget extends ComponentResource {
  constructor(name: string, args: CostBudgetArgs, options: ComponentResourceOptions = {}) {
    super('slipway:infra:CostBudget', name, {}, options);
    const { naming, email } = args;
    const tell = (notificationType: string, threshold: number) => ({
      notificationType,
      threshold,
      thresholdType: 'PERCENTAGE',
      comparisonOperator: 'GREATER_THAN',
      subscriberEmailAddresses: [email],
    });
    new Budget(
      `${name}-month`,
      {
        name: naming.plane,
        budgetType: 'COST',
        limitAmount: String(args.monthlyUsd),
        limitUnit: 'USD',
        timeUnit: 'MONTHLY',
        costFilters: [{ name: 'TagKeyValue', values: [`user:slipway:environment$${naming.environment}`] }],
        notifications: [tell('ACTUAL', 80), tell('FORECASTED', 100)],
        tags: naming.tags,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
