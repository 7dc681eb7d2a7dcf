import { type EndpointInput, type EndpointName, endpoints } from '../../shared/api/endpoints.ts';

/** A call of the API as HTTP sends it. */
export interface ApiRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body: string | undefined;
}

/** Path parameters into the path; the rest into the query of a GET or DELETE, or into the body. */
export function apiRequest<Name extends EndpointName>(name: Name, input: EndpointInput<Name>): ApiRequest {
  const [method = '', template = ''] = endpoints[name].route.split(' ');
  const rest = new Map(Object.entries(input));
  const path = template.replace(/\{(\w+)\}/g, (_, parameter: string) => {
    const value = String(rest.get(parameter));
    rest.delete(parameter);
    return encodeURIComponent(value);
  });
  const fields = Object.fromEntries([...rest].filter(([, value]) => value !== undefined));
  if (method !== 'GET' && method !== 'DELETE') return { method, path, body: JSON.stringify(fields) };
  const query = new URLSearchParams(fields as Record<string, string>).toString();
  return { method, path: query === '' ? path : `${path}?${query}`, body: undefined };
}
