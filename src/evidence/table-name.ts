/** Singular snake case without a schema: the table `public.OrderItems` and its model `orderItem` are both `order_item`. */
export const plainTableName = (name: string): string =>
  (name.split('.').at(-1) ?? name)
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/^(?:tbl|app|public)_/, '')
    .replace(/ies$/, 'y')
    .replace(/(?<!s|statu)s$/, '');
