using FastTrainLog.Generators.Models;

namespace FastTrainLog.Generators.Emit;

/// <summary>Writes the body of a method: directly to a record for the library's logger, through a state for any other.</summary>
internal static class MethodEmitter
{
    public static void Emit(SourceWriter writer, MethodModel method, MemberNames names, ZLoggerModel? zlogger)
    {
        writer.Line(Names.GeneratedCode);
        writer.Line(method.Signature);
        foreach (string constraint in method.Constraints)
        {
            writer.Indented(constraint);
        }

        writer.Open();
        if (IsCall(method, zlogger))
        {
            EmitCall(writer, method, names);
        }
        else if (method.Logger.Kind == LoggerKind.TrainLogger)
        {
            EmitDirect(writer, method, names);
        }
        else if (method.Logger.Kind == LoggerKind.Any && method.Reads)
        {
            EmitReadOnce(writer, method, names);
        }
        else
        {
            EmitAny(writer, method, names);
        }

        writer.Close();
        if (!IsCall(method, zlogger) && method.Logger.Kind != LoggerKind.TrainLogger)
        {
            writer.Line();
            StateEmitter.Emit(writer, method, names, zlogger);
        }
    }

    // The library has the code for numbers, strings and an exception; ZLogger wants a state that formats itself.
    private static bool IsCall(MethodModel method, ZLoggerModel? zlogger) => method.IsPlain && (zlogger is null || method.Logger.Kind == LoggerKind.TrainLogger);

    private static void EmitCall(SourceWriter writer, MethodModel method, MemberNames names)
    {
        string logger = method.Logger.Expression;
        string isOn = method.Logger.Kind switch
        {
            LoggerKind.Any when method.SkipEnabledCheck => $"({logger} is not {Names.TrainLogger} {names.Direct} || {names.Direct}.IsEnabled({method.Level}))",
            LoggerKind.Any => $"{Names.LogCall}.IsEnabled({logger}, {method.Level})",
            LoggerKind.Foreign when method.SkipEnabledCheck => string.Empty,
            _ => $"{logger}.IsEnabled({method.Level})",
        };
        string condition = string.Join(" && ", new[] { method.Logger.IsNullable ? $"{logger} is not null" : string.Empty, isOn }.Where(static c => c.Length > 0));
        string[] values = [logger, method.Level, names.Site, .. method.Exception is { } exception ? new[] { exception.Parameter } : [], .. method.Arguments.Select(static a => a.Parameter)];
        string call = $"{Names.LogCall}.{(method.Exception is null ? "Log" : "LogException")}({string.Join(", ", values)});";
        if (condition.Length > 0)
        {
            writer.If(condition, call);
        }
        else
        {
            writer.Line(call);
        }
    }

    private static void EmitDirect(SourceWriter writer, MethodModel method, MemberNames names)
    {
        string logger = method.Logger.Expression;
        string isOff = $"!{logger}.IsEnabled({method.Level}){(method.Gate is null ? string.Empty : $" || !{Passes(method, names, logger)}")}";
        writer.If(method.Logger.IsNullable ? $"{logger} is null || {isOff}" : isOff, "return;");
        writer.Line();
        EmitReading(writer, method, names, logger);
        foreach (ArgumentModel made in method.Arguments.Where(static a => a.IsMade && !a.IsRead && a.Classification is null))
        {
            writer.Line($"{made.Type} {names.Made(made)} = {made.Source};");
        }

        RecordEmitter.Emit(writer, method, names, logger, method.Level, a => a.IsMade && a.Classification is null ? names.Made(a) : names.Read(a));
        EmitDisposal(writer, method, names);
    }

    private static void EmitAny(SourceWriter writer, MethodModel method, MemberNames names)
    {
        string logger = method.Logger.Expression;
        string isOn = method.SkipEnabledCheck ? string.Empty : $"{logger}.IsEnabled({method.Level})";
        string passes = method.Gate is null ? string.Empty : Passes(method, names, logger);
        string condition = string.Join(" && ", new[] { method.Logger.IsNullable ? $"{logger} is not null" : string.Empty, isOn, passes }.Where(static c => c.Length > 0));
        string test = condition.Length > 0 ? $"if ({condition})" : string.Empty;
        if (method.Logger.Kind == LoggerKind.Any)
        {
            writer.Open($"if ({logger} is {Names.TrainLogger} {names.Direct})");
            writer.Open($"if ({names.Direct}.IsEnabled({method.Level}){(method.Gate is null ? string.Empty : $" && {Passes(method, names, names.Direct)}")})");
            EmitReading(writer, method, names, names.Direct);
            EmitWrite(writer, method, names);
            EmitDisposal(writer, method, names);
            writer.Close();
            writer.Close();
            test = $"else {test}".TrimEnd();
        }

        if (test.Length > 0)
        {
            writer.Open(test);
        }

        EmitReading(writer, method, names, logger);
        EmitLog(writer, method, names, logger);
        EmitDisposal(writer, method, names);
        if (test.Length > 0)
        {
            writer.Close();
        }
    }

    // Reading the values and handling failures is the same for all loggers, and too much code to generate twice.
    private static void EmitReadOnce(SourceWriter writer, MethodModel method, MemberNames names)
    {
        string logger = method.Logger.Expression;
        string isOn = $"({names.Direct} is null {(method.SkipEnabledCheck ? "||" : $"? {logger}.IsEnabled({method.Level}) :")} {names.Direct}.IsEnabled({method.Level}))";
        string passes = method.Gate is null ? string.Empty : $" && {Passes(method, names, logger)}";
        writer.Line($"{Names.TrainLogger}? {names.Direct} = {logger} as {Names.TrainLogger};");
        writer.Open($"if ({(method.Logger.IsNullable ? $"{logger} is not null && " : string.Empty)}{isOn}{passes})");
        EmitReading(writer, method, names, logger);
        writer.Open($"if ({names.Direct} is not null)");
        EmitWrite(writer, method, names);
        writer.Close();
        writer.Open("else");
        EmitLog(writer, method, names, logger);
        writer.Close();
        EmitDisposal(writer, method, names);
        writer.Close();
    }

    private static void EmitWrite(SourceWriter writer, MethodModel method, MemberNames names) =>
        writer.Line($"{names.State}{method.TypeParameters}.Write({string.Join(", ", [names.Direct, method.Level, .. method.Kept.Select(names.Read)])});");

    private static void EmitLog(SourceWriter writer, MethodModel method, MemberNames names, string logger)
    {
        string state = names.State + method.TypeParameters;
        writer.Line($"{logger}.Log(");
        writer.Indented($"{method.Level},");
        writer.Indented($"{state}.Event,");
        writer.Indented($"new {state}({string.Join(", ", method.Kept.Select(a => StateEmitter.Kept(a, names.Read(a))))}),");
        writer.Indented($"{method.Exception?.Parameter ?? "null"},");
        writer.Indented($"{Names.RecordState}<{state}>.Format);");
    }

    // Before the values are used; all user code runs in one block, which is left if any of it fails.
    private static void EmitReading(SourceWriter writer, MethodModel method, MemberNames names, string logger)
    {
        foreach (ArgumentModel argument in method.Arguments.Where(static a => a.Classification is not null))
        {
            writer.Line($"var {names.Redacted(argument)} = new {Names.TextArgument}(stackalloc char[{RecordEmitter.StackChars}]);");
            if (!argument.IsRead)
            {
                EmitRedaction(writer, names, argument, logger);
            }
        }

        if (!method.Reads)
        {
            return;
        }

        foreach (ArgumentModel argument in method.Arguments.Where(static a => a.IsRead && a.Classification is null))
        {
            writer.Line($"{(argument.IsRefStruct ? "scoped " : string.Empty)}{argument.Type} {names.Made(argument)};");
        }

        writer.Open("try");
        foreach (ArgumentModel argument in method.Arguments.Where(static a => a.IsRead))
        {
            if (argument.Classification is null)
            {
                writer.Line($"{names.Made(argument)} = {argument.Source};");
            }
            else
            {
                EmitRedaction(writer, names, argument, logger);
            }
        }

        writer.Close();
        writer.Open($"catch ({Names.Exception})");
        EmitPartial(writer, method, names, logger);
        writer.Line("return;");
        writer.Close();
        writer.Line();
    }

    private static void EmitPartial(SourceWriter writer, MethodModel method, MemberNames names, string logger)
    {
        writer.Line($"var {names.Partial} = new {Names.PartialCall}({Names.CallSite}.Of({names.Site}));");
        writer.Open($"while ({names.Partial}.MoveNext())");
        writer.Open("try");
        writer.Open($"{names.Partial}.Take({names.Partial}.Index switch");
        for (int i = 0; i < method.Arguments.Length; i++)
        {
            writer.Line($"{(i < method.Arguments.Length - 1 ? i.ToString() : "_")} => {(i == 0 ? "(object?)" : string.Empty)}{Alone(method.Arguments[i], names, logger)},");
        }

        writer.Close("});");
        writer.Close();
        writer.Open($"catch ({Names.Exception} {names.Failure})");
        writer.Line($"{names.Partial}.Fail({names.Failure});");
        writer.Close();
        writer.Close();
        writer.Line();
        writer.Line($"{names.Partial}.Log({logger}, {method.Level}, {method.Exception?.Parameter ?? "null"});");
    }

    private static string Alone(ArgumentModel argument, MemberNames names, string logger) =>
        argument.Classification is null ? StateEmitter.Kept(argument, argument.Source)
        : argument.IsRead ? $"{Names.TextArgument}.Redacted({logger}, typeof({argument.Classification}), {argument.Source})"
        : $"{names.Redacted(argument)}.Written.ToString()";

    private static void EmitRedaction(SourceWriter writer, MemberNames names, ArgumentModel argument, string logger) =>
        writer.Line($"{names.Redacted(argument)}.Redact({logger}, typeof({argument.Classification}), {argument.Source});");

    private static void EmitDisposal(SourceWriter writer, MethodModel method, MemberNames names)
    {
        foreach (ArgumentModel argument in method.Arguments.Where(static a => a.Classification is not null))
        {
            writer.Line($"{names.Redacted(argument)}.Dispose();");
        }
    }

    // After the level check: a disabled call is not counted.
    private static string Passes(MethodModel method, MemberNames names, string logger) =>
        $"{names.Sites}.{names.GateField}.TryPass({logger}, out long {method.Arguments[method.Arguments.Length - 1].Parameter})";
}
