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
        string isOff = $"!{logger}.IsEnabled({method.Level})";
        writer.If(method.Logger.IsNullable ? $"{logger} is null || {isOff}" : isOff, "return;");
        writer.Line();
        RecordEmitter.Emit(writer, method, names, logger, method.Level);
    }

    private static void EmitAny(SourceWriter writer, MethodModel method, MemberNames names)
    {
        string logger = method.Logger.Expression;
        string state = names.State + method.TypeParameters;
        List<ArgumentModel> arguments = [.. method.Kept];

        string isOn = method.SkipEnabledCheck ? string.Empty : $"{logger}.IsEnabled({method.Level})";
        string condition = string.Join(" && ", new[] { method.Logger.IsNullable ? $"{logger} is not null" : string.Empty, isOn }.Where(static c => c.Length > 0));
        string test = condition.Length > 0 ? $"if ({condition})" : string.Empty;
        if (method.Logger.Kind == LoggerKind.Any)
        {
            writer.Open($"if ({logger} is {Names.TrainLogger} {names.Direct})");
            writer.If(
                $"{names.Direct}.IsEnabled({method.Level})",
                $"{state}.Write({string.Join(", ", [names.Direct, method.Level, .. arguments.Select(static a => a.Parameter)])});");
            writer.Close();
            test = $"else {test}".TrimEnd();
        }

        if (test.Length > 0)
        {
            writer.Open(test);
        }

        writer.Line($"{logger}.Log(");
        writer.Indented($"{method.Level},");
        writer.Indented($"{state}.Event,");
        writer.Indented($"new {state}({string.Join(", ", arguments.Select(StateEmitter.Kept))}),");
        writer.Indented($"{method.Exception?.Parameter ?? "null"},");
        writer.Indented($"{state}.Format);");
        if (test.Length > 0)
        {
            writer.Close();
        }
    }
}
