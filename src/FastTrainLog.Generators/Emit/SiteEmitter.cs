using FastTrainLog.Generators.Models;

namespace FastTrainLog.Generators.Emit;

/// <summary>Writes the class with the call sites of a type's methods: outside of the type, which may be generic.</summary>
internal static class SiteEmitter
{
    /// <summary>Returns the name of the class.</summary>
    public static string NameOf(TypeName type) =>
        $"__{(type.Namespace.Length == 0 ? type.MetadataName : type.MetadataName.Substring(type.Namespace.Length + 1)).Replace('.', '_').Replace('`', '_')}Sites";

    public static void Emit(SourceWriter writer, TypeModel type, MemberNames[] names)
    {
        writer.Line("// What all calls of a method have in common; described when the first method of the type logs.");
        writer.Line(Names.GeneratedCode);
        writer.Open($"file static class {NameOf(type.Name)}");
        for (int i = 0; i < names.Length; i++)
        {
            if (i > 0)
            {
                writer.Line();
            }

            Emit(writer, type.Methods[i], names[i]);
        }

        writer.Close();
    }

    private static void Emit(SourceWriter writer, MethodModel method, MemberNames names)
    {
        writer.Line($"public static readonly ulong {names.SiteField} = {Names.CallSite}.Register(");
        List<string> parts =
        [
            method.IsLevelParameter ? $"{Names.CallSite}.LevelInRecord" : method.Level,
            method.EventId.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Literals.String(method.EventName),
            Literals.String(method.Message),
        ];
        if (method.IsPlain && method.Kept.Any() && method.Arguments.All(static a => a.Binary.Enum is null))
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

        if (method.Gate is { } gate)
        {
            writer.Line();
            string site = $"{Names.CallSite}.Of({names.SiteField})";
            writer.Line(gate.MaxPerSecond > 0
                ? $"public static readonly {Names.RateGate} {names.GateField} = new({site}, maxPerSecond: {gate.MaxPerSecond});"
                : $"public static readonly {Names.SamplingGate} {names.GateField} = new({site}, every: {gate.Every}, first: {Math.Max(gate.First, 1)});");
        }
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
