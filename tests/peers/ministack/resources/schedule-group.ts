import { CreateScheduleGroupCommand } from '@aws-sdk/client-scheduler';
import { z } from 'zod';
import type { Creator } from './creator.ts';

const Inputs = z.object({ name: z.string() });

export const createScheduleGroup: Creator = async ({ inputs }, { clients: { scheduler } }) => {
  const { name } = Inputs.parse(inputs);
  await scheduler.send(new CreateScheduleGroupCommand({ Name: name }));
};
