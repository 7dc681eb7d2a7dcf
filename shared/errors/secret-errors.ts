import { SlipwayError } from './slipway-error.ts';

/** No answer, or too busy: the outcome is unknown, and the call may be made again. */
export class SecretsUnavailableError extends SlipwayError {
  override readonly name = 'SecretsUnavailableError';
  override readonly code = 'SECRETS_UNAVAILABLE';
  override readonly retryable = true;
}

/** The secret, or the key that encrypts it, may not be used by this caller. */
export class SecretAccessError extends SlipwayError {
  override readonly name = 'SecretAccessError';
  override readonly code = 'SECRET_ACCESS';
}

export class SecretNotFoundError extends SlipwayError {
  override readonly name = 'SecretNotFoundError';
  override readonly code = 'SECRET_NOT_FOUND';
}

export class SecretBinaryError extends SlipwayError {
  override readonly name = 'SecretBinaryError';
  override readonly code = 'SECRET_BINARY';
}

/** The version has another value already. */
export class SecretVersionTakenError extends SlipwayError {
  override readonly name = 'SecretVersionTakenError';
  override readonly code = 'SECRET_VERSION_TAKEN';
}

export class SecretStageMovedError extends SlipwayError {
  override readonly name = 'SecretStageMovedError';
  override readonly code = 'SECRET_STAGE_MOVED';
  override readonly retryable = true;
}

/** The value is not what its system needs. Never says what it is. */
export class SecretShapeError extends SlipwayError {
  override readonly name = 'SecretShapeError';
  override readonly code = 'SECRET_SHAPE';
}

/** The step cannot be taken: unknown, out of order, not enabled, or for a version that is not the one in rotation. */
export class RotationStepError extends SlipwayError {
  override readonly name = 'RotationStepError';
  override readonly code = 'ROTATION_STEP';
}

/** The credential that the last rotation replaced is valid still: only one window is open at a time. */
export class RotationBusyError extends SlipwayError {
  override readonly name = 'RotationBusyError';
  override readonly code = 'ROTATION_BUSY';
  override readonly retryable = true;
}

/** A rotation that a run has asked for goes on, and is not done yet. */
export class RotationPendingError extends SlipwayError {
  override readonly name = 'RotationPendingError';
  override readonly code = 'ROTATION_PENDING';
  override readonly retryable = true;
}

/** A version names another server, database or user than the one that it replaces. */
export class SecretMismatchError extends SlipwayError {
  override readonly name = 'SecretMismatchError';
  override readonly code = 'SECRET_MISMATCH';
}

/** The server could not be asked: unreachable, timed out, TLS, out of connections. Says nothing about the credential. */
export class ServerUnavailableError extends SlipwayError {
  override readonly name = 'ServerUnavailableError';
  override readonly code = 'SERVER_UNAVAILABLE';
  override readonly retryable = true;
}

/** The server will not take the new value, however often it is asked: another one is needed. */
export class ValueRefusedError extends SlipwayError {
  override readonly name = 'ValueRefusedError';
  override readonly code = 'VALUE_REFUSED';
}

/** The server lets the credential in that is to be used no more, or not the one that is to be used. */
export class CredentialError extends SlipwayError {
  override readonly name = 'CredentialError';
  override readonly code = 'CREDENTIAL';
}

/** The settings of its rotation have changed since they were read. */
export class SecretRevisionError extends SlipwayError {
  override readonly name = 'SecretRevisionError';
  override readonly code = 'SECRET_REVISION';
}

/** What was said of its rotation cannot be. */
export class SecretSettingsError extends SlipwayError {
  override readonly name = 'SecretSettingsError';
  override readonly code = 'SECRET_SETTINGS';
}
