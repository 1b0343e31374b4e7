/** Words by which roles are known, as seen in real apps. */

const low =
  /^(?:(?:end|app|general|basic|regular|normal|standard|default)[_ -]?)?(?:client|customer|user|member|viewer|guest|visitor|student|patient|parent|tenant|resident|buyer|subscriber|applicant|candidate|authenticated|anon|basic|standard|default|free|public|reader|read_?only|employee|worker|cliente|usuario|usu[aá]rio|colaborador|funcion[aá]rio|utilisateur|driver|vendor|supplier|freelancer|contractor|investor|lender|landlord|homeowner|donor|volunteer|learner|participant|player|partner)s?$/i;

/** True for a role that ordinary customers hold: a gate that lets it through keeps nothing from them. */
export const isLow = (role: string): boolean => low.test(role.trim()) || /self$|[._:-](?:self|own)\b|^(?:read|view)[._:-]?own/i.test(role);
