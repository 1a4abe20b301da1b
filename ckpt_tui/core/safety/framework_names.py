"""Classes of Agent Framework by the module that defines them; made by `tests/support/framework_inventory.py`.

Of agent-framework-core 1.0.0, 1.12.1, 1.13.0 and 1.23.0, agent-framework-orchestrations 1.4.0, and openai's types.
"""

from __future__ import annotations

_DATA = {
    "agent_framework._agents": "SupportsAgentRun _RunContext",
    "agent_framework._clients": ""
    "SupportsChatGetResponse SupportsCodeInterpreterTool SupportsFileSearchTool SupportsGetEmbeddings"
    " SupportsImageGenerationTool SupportsMCPTool SupportsShellTool SupportsWebSearchTool",
    "agent_framework._compaction": "CompactionStrategy TokenizerProtocol",
    "agent_framework._evaluation": ""
    "CheckResult ConversationSplit ConversationSplitter EvalItem EvalItemResult EvalNotPassedError"
    " EvalResults EvalScoreResult Evaluator ExpectedToolCall RubricScore _AgentEvalData",
    "agent_framework._feature_stage": ""
    "ExperimentalFeature ExperimentalWarning FeatureStageWarning ReleaseCandidateFeature",
    "agent_framework._harness._background_agents": "BackgroundTaskInfo BackgroundTaskStatus",
    "agent_framework._harness._file_access": ""
    "FileSearchMatch FileSearchResult FileStoreEntry _DeleteFileInput _LineEdit _ListInput _ReadFileInput"
    " _ReadLinesInput _ReplaceInput _ReplaceLinesInput _SearchFilesInput _SearchMatch _SearchPattern"
    " _SearchTimeout _WriteFileInput",
    "agent_framework._harness._file_memory": ""
    "_DeleteFileInput _LineEdit _ListInput _ReadFileInput _ReplaceInput _ReplaceLinesInput _SearchFilesInput"
    " _WriteFileInput",
    "agent_framework._harness._loop": "JudgeVerdict",
    "agent_framework._harness._memory": "MemoryIndexEntry MemoryTopicRecord",
    "agent_framework._harness._todo": "TodoCompleteInput TodoInput TodoItem _TodoAddItemSchema _TodoCompleteItemSchema",
    "agent_framework._harness._tool_approval": "ToolApprovalRule ToolApprovalState",
    "agent_framework._in_memory": "_InMemoryCollectionState",
    "agent_framework._mcp": ""
    "MCPSpecificApproval MCPTaskOptions _MCPConnection _MCPDeadlineExpired _MCPHostPayloadCapture"
    " _MCPTaskAbandoned",
    "agent_framework._middleware": ""
    "MiddlewareDict MiddlewareFailure MiddlewareTermination MiddlewareType _ApprovalResponseObserver",
    "agent_framework._serialization": "SerializationMixin SerializationProtocol",
    "agent_framework._sessions": ""
    "AgentSession AgentSessionDict _AgentSessionDictRequired _SessionSnapshot _SessionStatePayload"
    " _StateTypeRegistration",
    "agent_framework._settings": "SecretString",
    "agent_framework._skills": "SkillFrontmatter SkillScriptRunner SkillsSourceContext _ArchiveFormat _SkillPathScope",
    "agent_framework._telemetry": "FeatureIndex",
    "agent_framework._tools": "FunctionInvocationConfiguration FunctionRequestResult _ApprovalCallOccurrence"
    " _FunctionArgumentValidationError _FunctionArgumentsChangedAfterApproval _FunctionExecutionBatch"
    " _FunctionProcessingResult _FunctionResultCarrier _OpaqueArgumentToken _PreparedArgumentsState"
    " _SkipParsingSentinel _UnknownFunctionCallError",
    "agent_framework._types": ""
    "AgentResponse AgentResponseUpdate Annotation ChatResponse ChatResponseUpdate ComputerSafetyCheck Content"
    " ContinuationToken Embedding EmbeddingGenerationOptions GeneratedEmbeddings Message TextSpanRegion"
    " ToolMode UsageDetails _ChatOptionsBase _ParsedDataUri",
    "agent_framework._vector_filters": "Filter FilterGroup Param _FilterValidator _ParamDataValidator",
    "agent_framework._vectors": ""
    "SearchResponse SearchResults SupportsVectorSearch SupportsVectorUpsert VectorStoreCollectionDefinition"
    " VectorStoreField _VectorModelRegistration _VectorStoreModelDecorator",
    "agent_framework._workflows._agent_executor": ""
    "AgentExecutorCheckpointState AgentExecutorRequest AgentExecutorResponse",
    "agent_framework._workflows._checkpoint": "CheckpointStorage WorkflowCheckpoint",
    "agent_framework._workflows._edge": ""
    "Case Default Edge EdgeGroup FanInEdgeGroup FanOutEdgeGroup InternalEdgeGroup SingleEdgeGroup"
    " SwitchCaseEdgeGroup SwitchCaseEdgeGroupCase SwitchCaseEdgeGroupDefault",
    "agent_framework._workflows._events": "WorkflowErrorDetails WorkflowEvent WorkflowEventSource WorkflowRunState",
    "agent_framework._workflows._functional": "WorkflowInterrupted _WorkflowInterruptedBase",
    "agent_framework._workflows._model_utils": "DictConvertible",
    "agent_framework._workflows._runner_context": "MessageType RunnerContext WorkflowMessage",
    "agent_framework._workflows._state": "_DeleteSentinelType",
    "agent_framework._workflows._validation": ""
    "EdgeDuplicationError GraphConnectivityError TypeCompatibilityError ValidationTypeEnum"
    " WorkflowValidationError",
    "agent_framework._workflows._workflow": "OutputDesignation WorkflowInvocationKwargs WorkflowRunResult",
    "agent_framework._workflows._workflow_executor": ""
    "ExecutionContext SubWorkflowRequestMessage SubWorkflowResponseMessage",
    "agent_framework.exceptions": ""
    "AdditionItemMismatch AgentContentFilterException AgentException AgentFrameworkException"
    " AgentInvalidAuthException AgentInvalidRequestException AgentInvalidResponseException"
    " ChatClientContentFilterException ChatClientException ChatClientInvalidAuthException"
    " ChatClientInvalidRequestException ChatClientInvalidResponseException ContentError"
    " IntegrationContentFilterException IntegrationException IntegrationInitializationError"
    " IntegrationInvalidAuthException IntegrationInvalidRequestException IntegrationInvalidResponseException"
    " MiddlewareException ResponseInvalidatedException SettingNotFoundError ToolException"
    " ToolExecutionException UserInputRequiredException WorkflowCheckpointException"
    " WorkflowConvergenceException WorkflowException WorkflowRunnerException",
    "agent_framework.observability": "EdgeGroupDeliveryStatus OtelAttr _ObservabilitySettingsData",
    "agent_framework.security": ""
    "ConfidentialityLabel ContentLabel InspectVariableInput IntegrityLabel LabeledMessage"
    " VariableReferenceContent _PendingPolicyApproval _Principal",
    "agent_framework_orchestrations._base_group_chat_orchestrator": ""
    "GroupChatParticipantMessage GroupChatRequestMessage GroupChatRequestSentEvent GroupChatResponseMessage"
    " GroupChatResponseReceivedEvent",
    "agent_framework_orchestrations._feature_usage": "FeatureIndex",
    "agent_framework_orchestrations._group_chat": "AgentOrchestrationOutput GroupChatState",
    "agent_framework_orchestrations._handoff": "HandoffAgentUserRequest HandoffConfiguration HandoffSentEvent",
    "agent_framework_orchestrations._magentic": ""
    "MagenticContext MagenticOrchestratorEvent MagenticOrchestratorEventType MagenticPlanReviewRequest"
    " MagenticPlanReviewResponse MagenticProgressLedger MagenticProgressLedgerItem MagenticResetSignal"
    " _MagenticTaskLedger",
    "agent_framework_orchestrations._orchestration_request_info": "AgentRequestInfoResponse",
    "agent_framework_orchestrations._orchestration_state": "OrchestrationState",
}
"""They hold what they are given: enumerations, exceptions, models, messages, events, requests."""

_LIVE = {
    "agent_framework._agent_hooks": ""
    "_AgentHooksAgentMiddleware _AgentHooksChatMiddleware _AgentHooksConfig _AgentHooksFunctionMiddleware"
    " _AgentHooksMiddlewareBase _AgentHooksWriteBackError _InputCodec _ModelRequestCodec _ModelResponseCodec"
    " _OutputCodec _RunState _ToolArgumentsCodec _ToolResultCodec _ToolSeamBlockFailure",
    "agent_framework._agents": "Agent BaseAgent RawAgent",
    "agent_framework._clients": "BaseChatClient BaseEmbeddingClient",
    "agent_framework._compaction": "CharacterEstimatorTokenizer CompactionProvider ContextWindowCompactionStrategy"
    " SelectiveToolCallCompactionStrategy SlidingWindowStrategy SummarizationStrategy"
    " TokenBudgetComposedStrategy ToolResultCompactionStrategy TruncationStrategy",
    "agent_framework._evaluation": "AgentEvalConverter LocalEvaluator",
    "agent_framework._harness._background_agents": "BackgroundAgentsProvider _RuntimeState",
    "agent_framework._harness._file_access": ""
    "AgentFileStore FileAccessProvider FileSystemAgentFileStore InMemoryAgentFileStore _BoundedSearchPattern",
    "agent_framework._harness._file_memory": "FileMemoryProvider",
    "agent_framework._harness._loop": "AgentLoopMiddleware",
    "agent_framework._harness._memory": "MemoryContextProvider MemoryFileStore MemoryStore",
    "agent_framework._harness._mode": "AgentModeProvider",
    "agent_framework._harness._todo": "TodoFileStore TodoProvider TodoSessionStore TodoStore",
    "agent_framework._harness._tool_approval": "ToolApprovalMiddleware",
    "agent_framework._in_memory": "InMemoryCollection InMemoryStore",
    "agent_framework._mcp": ""
    "MCPStdioTool MCPStreamableHTTPTool MCPTool MCPWebsocketTool _ClientMCPConnection _EncodedSizeBudget"
    " _MCPHeaderScopedClient _SessionMCPConnection",
    "agent_framework._middleware": ""
    "AgentContext AgentMiddleware AgentMiddlewareLayer AgentMiddlewarePipeline BaseMiddlewarePipeline"
    " ChatContext ChatMiddleware ChatMiddlewareLayer ChatMiddlewarePipeline FunctionInvocationContext"
    " FunctionMiddleware FunctionMiddlewarePipeline MiddlewareBundle MiddlewareWrapper _EmptyAsyncIterator",
    "agent_framework._sessions": ""
    "ContextProvider FileHistoryProvider FileSessionStore HistoryProvider InMemoryHistoryProvider"
    " MessageInjectionMiddleware PerServiceCallHistoryPersistingMiddleware SessionContext SessionStore"
    " _RunPersistenceGate",
    "agent_framework._skills": ""
    "AggregatingSkillsSource CachingSkillsSource ClassSkill DeduplicatingSkillsSource DelegatingSkillsSource"
    " FileSkill FileSkillScript FileSkillsSource FilteringSkillsSource InMemorySkillsSource InlineSkill"
    " InlineSkillResource InlineSkillScript MCPSkill MCPSkillResource MCPSkillsSource Skill SkillResource"
    " SkillScript SkillsProvider SkillsSource _ArchiveEntryLoader _FileSkillResource _McpSkillIndex"
    " _McpSkillIndexEntry",
    "agent_framework._tools": "FunctionInvocationLayer FunctionTool _FunctionResultPayloadBudget",
    "agent_framework._types": "ResponseStream",
    "agent_framework._vectors": ""
    "BaseVectorCollection BaseVectorSearch BaseVectorStore VectorCollectionContextProvider"
    " VectorStoreHistoryProvider _VectorStoreRecordHandler",
    "agent_framework._workflows._agent": "WorkflowAgent",
    "agent_framework._workflows._agent_executor": "AgentExecutor",
    "agent_framework._workflows._checkpoint": ""
    "FileCheckpointStorage InMemoryCheckpointStorage _DestinationQueue _ReleaseTrampoline _WriteTicket",
    "agent_framework._workflows._checkpoint_encoding": "_RestrictedUnpickler",
    "agent_framework._workflows._edge_runner": ""
    "EdgeRunner FanInEdgeRunner FanOutEdgeRunner SingleEdgeRunner SwitchCaseEdgeRunner",
    "agent_framework._workflows._executor": "Executor",
    "agent_framework._workflows._function_executor": "FunctionExecutor",
    "agent_framework._workflows._functional": ""
    "FunctionalWorkflow FunctionalWorkflowAgent FunctionalWorkflowDefinition RunContext StepWrapper"
    " _WorkflowTaskFactoryState",
    "agent_framework._workflows._request_info_mixin": "RequestInfoMixin",
    "agent_framework._workflows._runner": "Runner RunnerImpl",
    "agent_framework._workflows._runner_context": "InProcRunnerContext",
    "agent_framework._workflows._state": "State",
    "agent_framework._workflows._validation": "WorkflowGraphValidator",
    "agent_framework._workflows._viz": "WorkflowViz",
    "agent_framework._workflows._workflow": "Workflow",
    "agent_framework._workflows._workflow_builder": "WorkflowBuilder",
    "agent_framework._workflows._workflow_context": "WorkflowContext",
    "agent_framework._workflows._workflow_executor": "WorkflowExecutor",
    "agent_framework.observability": ""
    "AgentTelemetryLayer ChatTelemetryLayer EmbeddingTelemetryLayer MessageListTimestampFilter"
    " ObservabilitySettings",
    "agent_framework.security": ""
    "ContentVariableStore LabelTrackingFunctionMiddleware PolicyEnforcementFunctionMiddleware"
    " SecureAgentConfig SecureMCPToolProxy _ScopedVariableStore _SecurityScope _SecurityScopeBinding",
    "agent_framework_orchestrations._base_group_chat_orchestrator": "BaseGroupChatOrchestrator ParticipantRegistry",
    "agent_framework_orchestrations._concurrent": ""
    "ConcurrentBuilder _AggregateAgentConversations _CallbackAggregator _DispatchToAllParticipants",
    "agent_framework_orchestrations._group_chat": ""
    "AgentBasedGroupChatOrchestrator GroupChatBuilder GroupChatOrchestrator",
    "agent_framework_orchestrations._handoff": ""
    "HandoffAgentExecutor HandoffBuilder _AutoHandoffContextProvider _AutoHandoffMiddleware",
    "agent_framework_orchestrations._magentic": ""
    "MagenticAgentExecutor MagenticBuilder MagenticManagerBase MagenticOrchestrator StandardMagenticManager",
    "agent_framework_orchestrations._orchestration_request_info": ""
    "AgentApprovalExecutor AgentRequestInfoExecutor _TerminalAgentRequestInfoExecutor",
    "agent_framework_orchestrations._sequential": "SequentialBuilder _InputToConversation",
    "agent_framework_orchestrations._workflow_builder": "OrchestrationWorkflowBuilder",
}
"""Parts of a running program, which no release writes into a checkpoint."""

_IMPORTED = (
    "ABC AbstractAsyncContextManager AbstractSet Annotated Any AsyncExitStack AsyncGenerator AsyncIterable"
    " AsyncIterator Awaitable BaseModel BinasciiError Callable CheckpointID CodeType Collection Context ContextVar"
    " CookieJar Coroutine Counter CreatedAtT Decimal DefaultCookiePolicy Enum EnumMeta Future Generator Generic"
    " Histogram IO InitVar IntEnum Iterable Iterator MCPTool Mapping MappingNode MappingProxyType MethodType"
    " ModuleType MutableMapping NewType NoOpHistogram Node OrderedDict Parameter Path Protocol PurePosixPath"
    " ScalarNode Sentinel Sequence Sized SpanKind Token TypeAdapter TypeVar UUID UnionType ValidationError"
    " WeakKeyDictionary _AsyncGeneratorContextManager _MCPSamplingContentBlock aclosing builtin_type chain date"
    " datetime datetime_time defaultdict deprecated deque islice partial suppress time timedelta timezone tzinfo"
)
"""Names of classes that modules of the framework have imported from elsewhere."""

_IMPORTED_BY_OPENAI = (
    "Annotated BaseModel FileContent Generic GenericModel PropertyInfo ReconnectingEvent ReconnectingOverrides TypeVar"
)
"""The same of the modules below openai.types."""

DATA = frozenset((module, name) for module, names in _DATA.items() for name in names.split())
LIVE = frozenset((module, name) for module, names in _LIVE.items() for name in names.split())
IMPORTED = frozenset(_IMPORTED.split())
IMPORTED_BY_OPENAI = frozenset(_IMPORTED_BY_OPENAI.split())
