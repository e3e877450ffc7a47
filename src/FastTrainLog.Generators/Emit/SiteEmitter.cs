using FastTrainLog.Generators.Models;

namespace FastTrainLog.Generators.Emit;

/// <summary>Writes the class with a method's call site: one per method, so that a site is created only when its method logs.</summary>
internal static class SiteEmitter
{
    public static void Emit(SourceWriter writer, MethodModel method, MemberNames names)
    {
        writer.Line("// What all calls of the method have in common; made when it first logs.");
        writer.Line(Names.GeneratedCode);
        writer.Open($"file static class {names.Site}");
        writer.Line($"public static readonly {Names.CallSite} Value = new(");
        List<string> parts =
        [
            method.IsLevelParameter ? $"{Names.CallSite}.LevelInRecord" : method.Level,
            method.EventId.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Literals.String(method.EventName),
            Literals.String(method.Message),
        ];
        if (method.IsPlain && method.Kept.Any())
        {
            parts.Add($"[{string.Join(", ", method.Arguments.Select(static a => $"{Names.ArgumentKind}.{a.Binary.Kind}"))}]");
            if (method.Exception is { } exception)
            {
                parts.Add(Literals.String(exception.Name));
            }
        }
        else
        {
            AddArguments(parts, method);
        }

        for (int i = 0; i < parts.Count; i++)
        {
            writer.Indented(parts[i] + (i == parts.Count - 1 ? ");" : ","));
        }

        writer.Line();
        writer.Line("public static readonly ulong Bits = Value.HeaderBits;");
        if (method.Gate is { } gate)
        {
            writer.Line();
            writer.Line(gate.MaxPerSecond > 0
                ? $"public static readonly {Names.RateGate} Gate = new(Value, maxPerSecond: {gate.MaxPerSecond});"
                : $"public static readonly {Names.SamplingGate} Gate = new(Value, every: {gate.Every}, first: {Math.Max(gate.First, 1)});");
        }

        writer.Close();
    }

    private static void AddArguments(List<string> parts, MethodModel method)
    {
        if (method.IsLevelParameter)
        {
            parts.Add($"new {Names.CallSiteArgument}(\"{{Level}}\", {Names.ArgumentKind}.Byte)");
        }

        foreach (ArgumentModel argument in method.Arguments)
        {
            parts.Add(Argument(argument));
            parts.AddRange(argument.OtherFormats.Items.Select(f => $"new {Names.CallSiteArgument}({Literals.String(FormName(argument, f))}, {Names.ArgumentKind}.{argument.Binary.Kind})"));
        }

        if (method.Exception is { } exception)
        {
            parts.Add(Argument(exception));
        }
    }

    // A placeholder with this name and format uses it; it is not a field of the record.
    private static string FormName(ArgumentModel argument, string format) => format.Length == 0 ? $"{{{argument.Name}}}" : $"{{{argument.Name}:{format}}}";

    private static string Argument(ArgumentModel argument)
    {
        string text = $"new {Names.CallSiteArgument}({Literals.String(argument.Name)}, {Names.ArgumentKind}.{argument.Binary.Kind}";
        if (argument.Binary.IsNullable)
        {
            text += ", IsNullable: true";
        }

        if (argument.Binary.Enum is { } members)
        {
            string names = string.Join(", ", members.Names.Select(static n => Literals.String(n)));
            string values = string.Join(", ", members.Values.Select(static v => v > int.MaxValue ? $"0x{v:X}" : $"{v}"));
            text += $", EnumNames: new {Names.EnumNames}([{names}], [{values}], isFlags: {Literals.Boolean(members.IsFlags)}, isSigned: {Literals.Boolean(members.IsSigned)}, size: {members.Size})";
        }

        return text + ")";
    }
}
