import type { ComponentProps } from 'react';
import { Icon, type IconName } from './Icon.tsx';

interface Props extends ComponentProps<'button'> {
  readonly icon?: IconName;
  readonly tone?: 'primary' | 'danger' | 'quiet';
  readonly small?: boolean;
  /** Name and tooltip of a button without words in it. */
  readonly label?: string;
}

export function Button({ icon, tone, small, label, children, className, ...rest }: Props) {
  const classes = ['button', tone && `button--${tone}`, small && 'button--small', !children && 'button--icon', className];
  return (
    <button type="button" className={classes.filter(Boolean).join(' ')} aria-label={label} title={label} {...rest}>
      {icon && <Icon name={icon} size={small ? 14 : 16} />}
      {children}
    </button>
  );
}
