import { Table } from '@pulumi/aws/dynamodb/table.js';
import { ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import type { PlaneContext } from '../plane-context.ts';

export interface ControlTableArgs {
  readonly plane: PlaneContext;
}

/** Sparse indexes: an item appears in one where it carries both of its attributes. */
const INDEXES = ['listing', 'open'];

/** The one table that holds runs, checkpoints, locks and events. */
export class ControlTable extends ComponentResource {
  readonly arn: Output<string>;
  readonly tableName: Output<string>;
  readonly indexes = INDEXES;

  constructor(name: string, args: ControlTableArgs, options: ComponentResourceOptions = {}) {
    super('slipway:infra:ControlTable', name, {}, options);
    const { naming, settings, keyArn } = args.plane;
    // Refuses deletion, and stays when the stack goes.
    const { protectData } = settings;
    const keys = ['pk', 'sk', ...INDEXES.flatMap((index) => [index, `${index}Sort`])];
    const table = new Table(
      `${name}-items`,
      {
        name: naming.plane,
        billingMode: 'PAY_PER_REQUEST',
        hashKey: 'pk',
        rangeKey: 'sk',
        attributes: keys.map((key) => ({ name: key, type: 'S' })),
        globalSecondaryIndexes: INDEXES.map((index) => ({
          name: index,
          hashKey: index,
          rangeKey: `${index}Sort`,
          projectionType: 'ALL',
        })),
        ttl: { attributeName: 'expiresAt', enabled: true },
        pointInTimeRecovery: { enabled: true },
        serverSideEncryption: { enabled: true, kmsKeyArn: keyArn },
        deletionProtectionEnabled: protectData,
        tags: naming.tags,
      },
      { parent: this, protect: protectData, retainOnDelete: protectData },
    );
    this.arn = table.arn;
    this.tableName = table.name;
    this.registerOutputs({ arn: this.arn, tableName: this.tableName });
  }
}
