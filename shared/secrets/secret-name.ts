/** A secret by its name, whether it is called by that or by its ARN, which ends in a dash and six characters of the service's own. */
export function secretName(id: string): string {
  const [, name = id] = /^arn:[^:]*:secretsmanager:[^:]*:\d*:secret:(.+)-[A-Za-z0-9]{6}$/.exec(id) ?? [];
  return name;
}
