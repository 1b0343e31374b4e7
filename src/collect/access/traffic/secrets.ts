/** Names of fields whose values let whoever holds them in. */
const secretName =
  /pass(?:word|wd|phrase)?|pwd|secret|token|^otp|totp|^pin$|api_?key|authorization|^jwt$|bearer|credential|cookie|^session(?:_?id)?$|csrf|xsrf/i;

/** Three parts of base64 as RFC 7519 has them. */
const looksLikeJwt = /^eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*$/;

export const isSecretName = (name: string): boolean => secretName.test(name);

/** Whether a text is a secret by its looks. */
export const isSecretValue = (value: string): boolean => looksLikeJwt.test(value) || /^Bearer /i.test(value);

/** A value without what lets others in: such fields are left out, at any depth. */
export function withoutSecrets(value: unknown, depth = 0): unknown {
  if (depth > 20) return undefined;
  if (typeof value === 'string') return isSecretValue(value) ? undefined : value;
  if (Array.isArray(value)) return value.map((one) => withoutSecrets(one, depth + 1));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => {
      if (isSecretName(name) && (typeof one === 'string' || typeof one === 'number')) return [];
      const kept = withoutSecrets(one, depth + 1);
      return kept === undefined ? [] : [[name, kept]];
    }),
  );
}
