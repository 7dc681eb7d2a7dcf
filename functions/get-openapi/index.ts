import manifest from '../../package.json' with { type: 'json' };
import { endpoints } from '../../shared/api/endpoints.ts';
import { openApi } from '../../shared/api/openapi.ts';
import { planeEndpoints } from '../../shared/api/plane-endpoints.ts';
import { functions } from '../catalog.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

/** Made at the first call: schemas take some ten milliseconds. */
let document: ReturnType<typeof openApi> | undefined;

const core: ApiCore<'get-openapi'> = async () => {
  const purposes = Object.fromEntries(functions.map(({ name, purpose }) => [name, purpose]));
  document ??= openApi(endpoints, { version: manifest.version, purposes });
  return document;
};

export const create = apiFunction(planeEndpoints['get-openapi'], core);
export const handler = onAws(create);
