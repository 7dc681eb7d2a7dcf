/**
 * Secrets Manager, or the embedded control plane in its place: what has the four steps of a rotation called. Throws SecretNotFoundError,
 * SecretsUnavailableError, SecretAccessError, RotationStepError where rotations of the secret are not enabled, and RotationBusyError where another one is under way.
 */
export interface Rotations {
  /**
   * Makes `token` (32 to 64 characters) the pending version of the secret, and has the steps called: in order, and each again where it failed in
   * passing. Answers as soon as that is so, not when it is done. The same token again is the same rotation.
   */
  begin(secretId: string, token: string): Promise<void>;
  /** Whether rotations of it may begin. What is under way when it is disabled comes to a stop. */
  enable(secretId: string, enabled: boolean): Promise<void>;
}
