export const GET = 'dynamodb:GetItem';
export const GET_MANY = 'dynamodb:BatchGetItem';
export const QUERY = 'dynamodb:Query';
export const UPDATE = 'dynamodb:UpdateItem';

/** To read and write single items, and to tell what happened. */
export const STATE = { 'control-table': [GET, UPDATE], 'event-bus': ['events:PutEvents'] } as const;
/** And many items at once. */
export const STATES = { ...STATE, 'control-table': [GET, GET_MANY, UPDATE] } as const;
/** And all items of a run. */
export const LISTS = { ...STATE, 'control-table': [GET, GET_MANY, UPDATE, QUERY] } as const;
export const READ_PLAN = { artefacts: ['s3:GetObject'] } as const;
export const STORE_PLAN = { artefacts: ['s3:PutObject'] } as const;
export const CHANGE_PLAN = { artefacts: ['s3:GetObject', 's3:PutObject'] } as const;
export const TAKE_OVER = { executions: ['states:StopExecution', 'states:DescribeExecution'] } as const;
export const START = { machines: ['states:StartExecution'] } as const;
export const CHECK_PLAN = {
  'task-functions': ['lambda:InvokeFunction'],
  'data-tables': ['dynamodb:DescribeTable'],
  everything: ['dynamodb:ListTables'],
} as const;
/** The index lists flags, and each is read by its key. */
export const READ_FLAGS = { 'control-table': [GET, GET_MANY], 'control-index': [QUERY] } as const;
/** An experiment and its subjects. */
export const READ_SUBJECTS = { 'control-table': [GET, QUERY] } as const;
/** A call of API Gateway ends after 30 seconds. */
export const MANY_SUBJECTS = { memoryMb: 1024, timeoutSeconds: 28 } as const;
/** The alarms of a rollout, the team's own among them. */
export const READ_ALARMS = { 'any-alarms': ['cloudwatch:DescribeAlarms'] } as const;
export const USER_CODE = { 'task-functions': ['lambda:InvokeFunction'] } as const;
export const COMPARE_DATA = ['dynamodb:Scan', GET_MANY, 'dynamodb:DescribeTable'] as const;
export const LIST_KEPT = { 'artefacts-bucket': ['s3:ListBucket'] } as const;
export const READ_KEPT = { ...READ_PLAN, ...LIST_KEPT } as const;
export const KEEP = { ...CHANGE_PLAN, ...LIST_KEPT } as const;

export const READ_HISTORY = { ...STATE, 'control-table': [GET, QUERY, UPDATE] } as const;
/** To change a schedule, and to have its timer as it should be whoever comes between. */
export const CHANGE_SCHEDULE = {
  ...STATE,
  schedules: ['scheduler:CreateSchedule', 'scheduler:UpdateSchedule', 'scheduler:DeleteSchedule'],
  'scheduler-role': ['iam:PassRole'],
} as const;

/** Whether workflow and scheduler answer. */
export const LOOK_AT_PARTS = { executions: ['states:DescribeExecution'], schedules: ['scheduler:GetSchedule'] } as const;
const READ_KEY = { 'webhook-key': ['secretsmanager:GetSecretValue'] } as const;
/** What becomes of a message, and who is to be told of it. */
export const SEND = { ...STATE, ...READ_KEY } as const;
export const DESCRIBE = ['secretsmanager:DescribeSecret'] as const;
/** What a secret is, and how its rotation stands. */
export const READ_SECRET = { 'control-table': [GET], 'rotated-secrets': DESCRIBE } as const;
/** Whoever has a secret rotated has to be allowed to call its function. */
export const ROTATOR = { rotators: ['lambda:InvokeFunction'] } as const;
/** That it is rotated, and that it is not. */
export const ENABLE = { ...ROTATOR, ...STATE, 'rotated-secrets': [...DESCRIBE, 'secretsmanager:RotateSecret'] } as const;
export const DISABLE = { ...STATE, 'rotated-secrets': [...DESCRIBE, 'secretsmanager:CancelRotateSecret'] } as const;
/** A rotation that has failed for good gives way to the next. */
export const ASK_ROTATION = {
  ...ROTATOR,
  ...STATE,
  'rotated-secrets': [...DESCRIBE, 'secretsmanager:RotateSecret', 'secretsmanager:UpdateSecretVersionStage'],
} as const;
