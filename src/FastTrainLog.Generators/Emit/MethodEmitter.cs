using FastTrainLog.Generators.Models;

namespace FastTrainLog.Generators.Emit;

/// <summary>Writes the body of a method: straight into a record on the library's logger, through a state on any other.</summary>
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
        if (method.Logger.Kind == LoggerKind.TrainLogger)
        {
            EmitDirect(writer, method, names);
        }
        else
        {
            EmitAny(writer, method, names);
        }

        writer.Close();
        if (method.Logger.Kind != LoggerKind.TrainLogger)
        {
            writer.Line();
            StateEmitter.Emit(writer, method, names, zlogger);
        }
    }

    private static void EmitDirect(SourceWriter writer, MethodModel method, MemberNames names)
    {
        string logger = method.Logger.Expression;
        string isOff = $"!{logger}.IsEnabled({method.Level}){(method.Gate is null ? string.Empty : $" || !{Passes(method, names, logger)}")}";
        writer.If(method.Logger.IsNullable ? $"{logger} is null || {isOff}" : isOff, "return;");
        writer.Line();
        EmitRedaction(writer, method, names, logger);
        foreach (ArgumentModel made in method.Arguments.Where(static a => a.IsMade && a.Classification is null))
        {
            writer.Line($"{made.Type} {names.Made(made)} = {made.Source};");
        }

        RecordEmitter.Emit(writer, method, names, logger, method.Level, a => a.IsMade && a.Classification is null ? names.Made(a) : Source(a, names));
        EmitDisposal(writer, method, names);
    }

    private static void EmitAny(SourceWriter writer, MethodModel method, MemberNames names)
    {
        string logger = method.Logger.Expression;
        string state = names.State + method.TypeParameters;
        List<ArgumentModel> arguments = [.. method.Kept];

        string isOn = method.SkipEnabledCheck ? string.Empty : $"{logger}.IsEnabled({method.Level})";
        string passes = method.Gate is null ? string.Empty : Passes(method, names, logger);
        string condition = string.Join(" && ", new[] { method.Logger.IsNullable ? $"{logger} is not null" : string.Empty, isOn, passes }.Where(static c => c.Length > 0));
        string test = condition.Length > 0 ? $"if ({condition})" : string.Empty;
        if (method.Logger.Kind == LoggerKind.Any)
        {
            writer.Open($"if ({logger} is {Names.TrainLogger} {names.Direct})");
            writer.Open($"if ({names.Direct}.IsEnabled({method.Level}){(method.Gate is null ? string.Empty : $" && {Passes(method, names, names.Direct)}")})");
            EmitRedaction(writer, method, names, names.Direct);
            writer.Line($"{state}.Write({string.Join(", ", [names.Direct, method.Level, .. arguments.Select(a => Source(a, names))])});");
            EmitDisposal(writer, method, names);
            writer.Close();
            writer.Close();
            test = $"else {test}".TrimEnd();
        }

        if (test.Length > 0)
        {
            writer.Open(test);
        }

        EmitRedaction(writer, method, names, logger);
        writer.Line($"{logger}.Log(");
        writer.Indented($"{method.Level},");
        writer.Indented($"{state}.Event,");
        writer.Indented($"new {state}({string.Join(", ", arguments.Select(a => StateEmitter.Kept(a, Source(a, names))))}),");
        writer.Indented($"{method.Exception?.Parameter ?? "null"},");
        writer.Indented($"{state}.Format);");
        EmitDisposal(writer, method, names);
        if (test.Length > 0)
        {
            writer.Close();
        }
    }

    private static string Source(ArgumentModel argument, MemberNames names) =>
        argument.Classification is null ? argument.Source : $"{names.Redacted(argument)}.Written";

    // Before anything else sees the values.
    private static void EmitRedaction(SourceWriter writer, MethodModel method, MemberNames names, string logger)
    {
        foreach (ArgumentModel argument in method.Arguments.Where(static a => a.Classification is not null))
        {
            string redacted = names.Redacted(argument);
            writer.Line($"var {redacted} = new {Names.TextArgument}(stackalloc char[{RecordEmitter.StackChars}]);");
            writer.Line($"{redacted}.Redact({logger}, typeof({argument.Classification}), {argument.Source});");
        }
    }

    private static void EmitDisposal(SourceWriter writer, MethodModel method, MemberNames names)
    {
        foreach (ArgumentModel argument in method.Arguments.Where(static a => a.Classification is not null))
        {
            writer.Line($"{names.Redacted(argument)}.Dispose();");
        }
    }

    // Behind the level: a call that is off is none of those that are counted.
    private static string Passes(MethodModel method, MemberNames names, string logger) =>
        $"{names.Site}.Gate.TryPass({logger}, out long {method.Arguments[method.Arguments.Length - 1].Parameter})";
}
