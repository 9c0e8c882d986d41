"""OpenAI's Responses: callers who ask for one, and providers who give one."""
