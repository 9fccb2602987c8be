import { config } from 'zod';

// zod would try to compile schemas with `new Function`, which the content security policy refuses and reports.
config({ jitless: true });
