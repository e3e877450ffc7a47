using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Diagnostics;

/// <summary>
/// The diagnostics of <c>[TrainLog]</c> methods and of their calls. Below FTL0050, FTL00nn corresponds to SYSLIB10nn of
/// <c>[LoggerMessage]</c>.
/// </summary>
internal static class Descriptors
{
    public static readonly DiagnosticDescriptor LevelInMessage = Warning(
        "FTL0002",
        "The message names the level's parameter",
        "Remove {{{0}}} from the message: every record carries its level");

    public static readonly DiagnosticDescriptor DuplicateEventId = Info(
        "FTL0006",
        "Two methods of a class have the same event identifier",
        "Method '{0}' and method '{1}' of '{2}' both log event {3}; give each an identifier of its own");

    public static readonly DiagnosticDescriptor NotVoid = Error(
        "FTL0007",
        "A log method must return void",
        "Method '{0}' must return void");

    public static readonly DiagnosticDescriptor NoLoggerParameter = Error(
        "FTL0008",
        "A static log method needs a logger",
        "Static method '{0}' needs a parameter of type TrainLogger or ILogger, or a static field of such a type in its class");

    public static readonly DiagnosticDescriptor NotPartial = Error(
        "FTL0010",
        "A log method must be partial",
        "Method '{0}' must be partial: its body is generated");

    public static readonly DiagnosticDescriptor AllowsRefStruct = Error(
        "FTL0011",
        "A log method's type parameter cannot allow ref structs",
        "Type parameter '{0}' of method '{1}' allows ref structs, which a log call cannot store; remove 'allows ref struct'");

    public static readonly DiagnosticDescriptor RedundantQualifier = Warning(
        "FTL0012",
        "The message repeats its level",
        "Remove '{0}' from the message: every record carries its level");

    public static readonly DiagnosticDescriptor ExceptionInMessage = Warning(
        "FTL0013",
        "The message names the exception's parameter",
        "Remove {{{0}}} from the message: the record carries the exception, with its stack");

    public static readonly DiagnosticDescriptor UnknownHole = Error(
        "FTL0014",
        "The message names no parameter",
        "The message has a placeholder {{{0}}}, but method '{1}' has no parameter of that name");

    public static readonly DiagnosticDescriptor NotInMessage = Warning(
        "FTL0015",
        "The message lacks a parameter",
        "Parameter '{0}' is not in the message; it is logged as a property only");

    public static readonly DiagnosticDescriptor HasBody = Error(
        "FTL0016",
        "A log method cannot have a body",
        "Method '{0}' cannot have a body: it is generated");

    public static readonly DiagnosticDescriptor NoLevel = Error(
        "FTL0017",
        "A log method needs a level",
        "Give [TrainLog] of method '{0}' a level, or the method a parameter of type LogLevel");

    public static readonly DiagnosticDescriptor LoggerInMessage = Warning(
        "FTL0018",
        "The message names the logger's parameter",
        "Remove {{{0}}} from the message: every record carries its logger's category");

    public static readonly DiagnosticDescriptor NoLoggerMember = Error(
        "FTL0019",
        "An instance log method needs a logger",
        "Method '{0}' needs a logger: a parameter, a field of '{1}' or of a base class, or a primary-constructor parameter of type TrainLogger or ILogger");

    public static readonly DiagnosticDescriptor SeveralLoggers = Error(
        "FTL0020",
        "A class has several loggers",
        "'{0}' has several loggers, '{1}' and '{2}'; give method '{3}' a parameter that says which one it logs to");

    public static readonly DiagnosticDescriptor InconsistentCase = Error(
        "FTL0021",
        "The message spells a name in two ways",
        "The message spells '{0}' and '{1}', which name the same parameter; use one spelling");

    public static readonly DiagnosticDescriptor MalformedMessage = Error(
        "FTL0022",
        "The message is malformed",
        "The message of method '{0}' is malformed: {1}");

    public static readonly DiagnosticDescriptor OutParameter = Error(
        "FTL0024",
        "A log method cannot have out parameters",
        "Parameter '{0}' cannot be out: a log call only reads");

    public static readonly DiagnosticDescriptor DuplicateEventName = Warning(
        "FTL0025",
        "Two methods of a class have the same event name",
        "Method '{0}' and method '{1}' of '{2}' both log event '{3}'; give each a name of its own");

    public static readonly DiagnosticDescriptor LanguageVersion = Error(
        "FTL0026",
        "The language version is too low",
        "The body of '{0}' cannot be generated in C# {1}; set LangVersion to 12 or higher");

    public static readonly DiagnosticDescriptor HiddenLogger = Info(
        "FTL0027",
        "A primary-constructor parameter with the logger is hidden",
        "The primary-constructor parameter '{0}' is hidden by '{1}', so method '{2}' cannot log to it");

    public static readonly DiagnosticDescriptor UnsupportedType = Error(
        "FTL0029",
        "A parameter's type cannot be logged",
        "Parameter '{0}' has type '{1}', which a log call cannot store; pass a value computed from it");

    public static readonly DiagnosticDescriptor FileLocalType = Error(
        "FTL0030",
        "A file-local type cannot have log methods",
        "'{0}' is a file-local type: the body of '{1}' cannot be generated in another file; remove the file modifier");

    public static readonly DiagnosticDescriptor NegativeLimit = Error(
        "FTL0031",
        "A limit of calls is negative",
        "{0} of method '{1}' is {2}, but must be 0, for no limit, or more");

    public static readonly DiagnosticDescriptor TwoLimits = Error(
        "FTL0032",
        "A rate limit cannot be combined with another limit of calls",
        "Method '{0}' has MaxPerSecond and {1}; remove one of them");

    public static readonly DiagnosticDescriptor SameName = Error(
        "FTL0033",
        "Two fields of a record have the same name",
        "Method '{0}' logs two fields as '{1}'; give one of them another name");

    public static readonly DiagnosticDescriptor LimitOutOfRange = Error(
        "FTL0034",
        "A limit of numbers is out of range",
        "[LogValues] of '{0}' has the limit {1}, but must have 1 to {2}: log a summary of more numbers");

    public static readonly DiagnosticDescriptor NoNumbers = Error(
        "FTL0035",
        "A value has no numbers to summarise",
        "'{0}' has type '{1}', but [LogValues] and [LogSummary] are for arrays, spans and memory of numbers; remove the attribute");

    public static readonly DiagnosticDescriptor NoProperties = Error(
        "FTL0036",
        "A value has no properties to log",
        "'{0}' has type '{1}', which has no public properties that can be read; remove [LogFields]");

    public static readonly DiagnosticDescriptor PropertyCycle = Error(
        "FTL0037",
        "The properties of a value form a cycle",
        "'{0}' leads back to a '{1}'; mark that property with [LogIgnore], or lower MaxDepth");

    public static readonly DiagnosticDescriptor DepthLimit = Info(
        "FTL0038",
        "An object is below the depth limit",
        "'{0}' is an object below the depth limit, so it is logged as its text; raise MaxDepth or mark it with [LogIgnore]");

    public static readonly DiagnosticDescriptor TakenApartInMessage = Error(
        "FTL0039",
        "The message names a value that is expanded into fields",
        "The message names '{0}', which is logged property by property; name a property of it, such as {{{1}}}");

    public static readonly DiagnosticDescriptor ClassifiedInContainer = Warning(
        "FTL0040",
        "A classified value stands in its container",
        "'{0}' is erased as a whole, because '{1}' in it is classified; mark it with [LogFields], or pass the parts that may be logged");

    public static readonly DiagnosticDescriptor ClassifiedException = Error(
        "FTL0041",
        "An exception cannot be classified",
        "'{0}' is the record's exception, which is logged with its message and stack; log a classified text instead");

    public static readonly DiagnosticDescriptor DepthOutOfRange = Error(
        "FTL0042",
        "A depth limit is out of range",
        "[LogFields] of '{0}' has the MaxDepth {1}, but must have 1 to {2}");

    public static readonly DiagnosticDescriptor BytesOfNoInteger = Warning(
        "FTL0043",
        "The format bytes is used for a value that is not an integer",
        "{{{0}:bytes}} shows an integer of at most 64 bits as a number of bytes, but the value is not one; pass an integer, or give the placeholder another format");

    public static readonly DiagnosticDescriptor ExtensionBlock = Error(
        "FTL0044",
        "An extension block cannot have log methods",
        "Method '{0}' is in an extension block, for which no second part can be generated; put it into the static class itself, with 'this' before its first parameter");

    public static readonly DiagnosticDescriptor TagProvider = Error(
        "FTL0045",
        "The tags of a provider are not logged",
        "'{0}' has [TagProvider], whose tags are not known at compile time; mark it with [LogProperties] or [LogFields], or pass its parts");

    public static readonly DiagnosticDescriptor VariantInterface = Error(
        "FTL0046",
        "A log method of a variant interface needs a TrainLogger",
        "Method '{0}' logs through an ILogger from the variant interface '{1}', which can hold no type for the call's arguments; log to a TrainLogger, or put the method into a class");

    public static readonly DiagnosticDescriptor NullIsLogged = Info(
        "FTL0047",
        "A property that is null is logged as null",
        "SkipNullProperties of '{0}' has no effect: each record of a method has the same fields, and one without a value is null");

    public static readonly DiagnosticDescriptor PlainCall = Info(
        "FTL0050",
        "A plain log call can be a [TrainLog] method",
        "This call of '{0}' boxes its arguments and looks up its message; a [TrainLog] method does neither");

    public static readonly DiagnosticDescriptor OtherAttribute = Info(
        "FTL0051",
        "A log method can have [TrainLog]",
        "Method '{0}' can have [TrainLog], which takes the same arguments and logs to FastTrainLog without an allocation");

    public static readonly DiagnosticDescriptor InterpolatedArgument = Warning(
        "FTL0052",
        "An argument of a log call is concatenated or interpolated",
        "The string for '{0}' is built at every call of '{1}', even if the level is off; give the message a placeholder for each part");

    public static readonly DiagnosticDescriptor AllocatingArgument = Warning(
        "FTL0053",
        "An argument of a log call allocates",
        "The argument for '{0}' {1} at every call of '{2}', even if the level is off; pass the value itself to a parameter of its type, or check IsEnabled first");

    public static readonly DiagnosticDescriptor FormattedByToString = Info(
        "FTL0054",
        "A parameter is formatted by ToString",
        "Parameter '{0}' is formatted by the ToString of '{1}' at the call, which allocates; pass its values, or let the type implement ISpanFormattable");

    private const string Category = "FastTrainLog";

    // The base address is a build property, because a fork of the repository has its own.
    private static string HelpLink(string id) =>
        $"{typeof(Descriptors).Assembly.GetCustomAttributes(false).OfType<System.Reflection.AssemblyMetadataAttribute>().First(static a => a.Key == "DocumentationAddress").Value}generator.md#{id.ToLowerInvariant()}";

    private static DiagnosticDescriptor Error(string id, string title, string message) =>
        new(id, title, message, Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink(id));

    private static DiagnosticDescriptor Warning(string id, string title, string message) =>
        new(id, title, message, Category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpLink(id));

    private static DiagnosticDescriptor Info(string id, string title, string message) =>
        new(id, title, message, Category, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: HelpLink(id));
}
