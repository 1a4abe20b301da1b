"""Values as LangGraph stores them: MessagePack with its extensions, LangChain's JSON, pickles, and encrypted values."""
