declare module 'asl-validator' {
  interface ValidationError {
    readonly 'Error code': string;
    readonly Message?: string;
  }
  export default function validate(definition: unknown): {
    readonly isValid: boolean;
    readonly errors: readonly ValidationError[];
  };
}
