using System.Text;
using FastTrainLog.Generators.Models;

namespace FastTrainLog.Generators.Emit;

/// <summary>Writes the struct that carries a call's arguments to any logger.</summary>
internal static class StateEmitter
{
    /// <summary>Returns the expression of the argument that the state stores.</summary>
    /// <param name="argument">The argument.</param>
    /// <param name="source">The expression of the argument itself.</param>
    public static string Kept(ArgumentModel argument, string source) => argument.Binary.Form switch
    {
        ArgumentForm.CharSpan => $"{source}.ToString()",
        ArgumentForm.Metrics when argument.IsSpan => $"{source}.ToArray()",
        ArgumentForm.Numbers => $"({source}).Keep()",
        _ => source,
    };

    /// <summary>Returns the field that stores an argument.</summary>
    public static string Field(ArgumentModel argument) => $"_{argument.Parameter.TrimStart('@')}";

    /// <summary>Returns the message if it has no placeholder.</summary>
    public static string? FixedText(MethodModel method)
    {
        if (method.Template.Length > 1)
        {
            return null;
        }

        // LoggerMessage.Define does not convert the doubled braces of a message without arguments.
        return method.RendersAsDefined && method.Arguments.Length == 0 ? method.Message : Literals.Unbraced(method.Message);
    }

    /// <summary>Returns a message, or a section of one, as an interpolated string over the fields.</summary>
    public static string Interpolation(MethodModel method, EquatableArray<TemplateHole> template, bool isOptional = false)
    {
        var text = new StringBuilder("$\"");
        foreach (TemplateHole hole in template)
        {
            text.Append(Literals.Inner(hole.Literal));
            if (hole.Name is null)
            {
                continue;
            }

            string value = Rendered(method, hole, isOptional, out bool isFormatted);
            if (!isFormatted && hole.Format is { } special && !CanStandInHole(special))
            {
                value = $"({Names.MessageArgument}.Formatted({value}, {Literals.String(special)}))";
                isFormatted = true;
            }

            text.Append('{').Append(value);
            if (hole.Alignment is { } alignment)
            {
                text.Append(',').Append(alignment);
            }

            if (!isFormatted && hole.Format is { } format)
            {
                text.Append(':').Append(Literals.Inner(format));
            }

            text.Append('}');
        }

        return text.Append('"').ToString();
    }

    // C# allows no space at the end of a format; of the other characters only these are used.
    private static bool CanStandInHole(string format) =>
        format[format.Length - 1] != ' ' && format.All(static c => c is (>= '0' and <= '9') or (>= 'A' and <= 'Z') or (>= 'a' and <= 'z') or ' ' or '.' or ',' or ':' or ';' or '#' or '%' or '+' or '-' or '/' or '_');

    public static void Emit(SourceWriter writer, MethodModel method, MemberNames names, ZLoggerModel? zlogger)
    {
        string type = names.State + method.TypeParameters;
        List<ArgumentModel> fields = [.. method.Kept];

        writer.Line("// A call on its way to any other logger.");
        writer.Line(Names.GeneratedCode);
        writer.Line($"private readonly struct {type} : {Names.PairList}{(zlogger is null ? string.Empty : ", global::ZLogger.IZLoggerFormattable")}");
        foreach (string constraint in method.Constraints)
        {
            writer.Indented(constraint);
        }

        writer.Open();
        writer.Line($"public static readonly {Names.EventId} Event = new({method.EventId}, {Literals.String(method.EventName)});");
        writer.Line();
        writer.Line($"static {names.State}() => {Names.RecordState}<{type}>.Register(Encode);");
        writer.Line();
        EmitFields(writer, names, fields);
        EmitPairs(writer, method);
        writer.Line();
        EmitToString(writer, method);
        writer.Line();
        EmitWrite(writer, method, names, fields);
        if (zlogger is not null)
        {
            ZLoggerEmitter.Emit(writer, method, zlogger, type);
        }

        writer.Close();
    }

    private static void EmitFields(SourceWriter writer, MemberNames names, List<ArgumentModel> fields)
    {
        if (fields.Count == 0)
        {
            return;
        }

        foreach (ArgumentModel field in fields)
        {
            writer.Line($"private readonly {field.StateType} {Field(field)};");
        }

        writer.Line();
        writer.Open($"public {names.State}({string.Join(", ", fields.Select(static f => $"{f.StateType} {f.Parameter}"))})");
        foreach (ArgumentModel field in fields)
        {
            writer.Line($"this.{Field(field)} = {field.Parameter};");
        }

        writer.Close();
        writer.Line();
    }

    private static void EmitPairs(SourceWriter writer, MethodModel method)
    {
        int count = method.Arguments.Length + 1;
        writer.Line($"public int Count => {count};");
        writer.Line();
        writer.Open($"public {Names.Pair} this[int index] => index switch");
        for (int i = 0; i < method.Arguments.Length; i++)
        {
            writer.Line($"{i} => new({Literals.String(method.Arguments[i].StateKey)}, {Field(method.Arguments[i])}),");
        }

        writer.Line($"{count - 1} => new(\"{{OriginalFormat}}\", {Literals.String(method.Message)}),");
        writer.Line("_ => throw new global::System.IndexOutOfRangeException(nameof(index)),");
        writer.Close("};");
        writer.Line();
        writer.Line($"public {Names.PairEnumerator} GetEnumerator() => {Names.StatePairs}.Enumerate(this);");
        writer.Line();
        writer.Line("global::System.Collections.IEnumerator global::System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();");
    }

    private static void EmitToString(SourceWriter writer, MethodModel method)
    {
        if (FixedText(method) is { } text)
        {
            writer.Line($"public override string ToString() => {Literals.String(text)};");
            return;
        }

        if (method.Sections.Length > 0)
        {
            EmitSections(writer, method);
            return;
        }

        writer.Line("public override string ToString() => string.Create(");
        writer.Indented($"{Names.InvariantCulture},");
        writer.Indented($"{Interpolation(method, method.Template)});");
    }

    private static void EmitSections(SourceWriter writer, MethodModel method)
    {
        writer.Open("public override string ToString()");
        writer.Line("var text = new global::System.Text.StringBuilder();");
        ForEachSection(
            writer,
            method,
            (section, isOptional) => writer.Line($"text.Append({Names.InvariantCulture}, {Interpolation(method, section, isOptional)});"));
        writer.Line("return text.ToString();");
        writer.Close();
    }

    /// <summary>Writes each section of a message, an optional one under the condition that all of its placeholders have a value.</summary>
    public static void ForEachSection(SourceWriter writer, MethodModel method, Action<EquatableArray<TemplateHole>, bool> write)
    {
        foreach (TemplateSection section in method.Sections)
        {
            string condition = section.IsOptional ? string.Join(" && ", section.Pieces.Items.Select(p => HasValue(method, p)).OfType<string>().Distinct()) : string.Empty;
            if (condition.Length > 0)
            {
                writer.Open($"if ({condition})");
                write(section.Pieces, section.IsOptional);
                writer.Close();
                writer.Line();
            }
            else
            {
                write(section.Pieces, section.IsOptional);
            }
        }
    }

    /// <summary>Returns the condition under which a placeholder has a value, or null if it always has one.</summary>
    private static string? HasValue(MethodModel method, TemplateHole hole)
    {
        if (hole.Name is null)
        {
            return null;
        }

        ArgumentModel argument = ArgumentOf(method, hole);
        return argument.Binary.Form == ArgumentForm.Metrics ? $"{Field(argument)} is {{ Length: > 0 }}"
            : argument.CanBeNull ? $"{Field(argument)} is not null"
            : null;
    }

    private static ArgumentModel ArgumentOf(MethodModel method, TemplateHole hole) => method.Arguments.First(a => hole.IsFor(a.Name));

    /// <summary>Returns what replaces a placeholder.</summary>
    /// <param name="method">The method.</param>
    /// <param name="hole">The placeholder.</param>
    /// <param name="isOptional">Whether it is in an optional section: its value is then not null, and needs no replacement if its type is known.</param>
    /// <param name="isFormatted">Whether it contains the placeholder's format.</param>
    private static string Rendered(MethodModel method, TemplateHole hole, bool isOptional, out bool isFormatted)
    {
        ArgumentModel argument = ArgumentOf(method, hole);
        string field = Field(argument);
        string Call(string name, string? format, bool isDefined = false) =>
            $"({Names.MessageArgument}.{name}({field}{(format is null ? string.Empty : $", {Literals.String(format)}")}{(isDefined ? ", ifNull: \"(null)\"" : string.Empty)}))";

        isFormatted = true;
        if (argument.Binary.Form == ArgumentForm.Metrics)
        {
            return Call("Metrics", hole.Format);
        }

        // Null is shown where LoggerMessage.Define shows it.
        bool showsNull = method.RendersAsDefined && argument.CanBeNull;
        if (hole.Format == BinaryForm.Bytes && BinaryForm.IsInteger(argument.Binary))
        {
            return Call("Bytes", format: null, showsNull);
        }

        if (argument.IsNullableValue && !isOptional)
        {
            return Call("Nullable", hole.Format, showsNull);
        }

        if (argument.IsGeneric && showsNull)
        {
            return Call("Generic", hole.Format);
        }

        isFormatted = false;
        return isOptional && argument.Binary.Form != ArgumentForm.Text ? argument.IsNullableValue ? $"{field}.GetValueOrDefault()" : field
            : method.RendersAsDefined && (argument.CanBeNull || argument.IsSequence) ? Call("Defined", format: null)
            : argument.IsSequence ? Call("Sequence", format: null)
            : field;
    }

    private static void EmitWrite(SourceWriter writer, MethodModel method, MemberNames names, List<ArgumentModel> arguments)
    {
        string logger = "logger" + names.Suffix;
        string level = "level" + names.Suffix;
        writer.Line("// A call on FastTrainLog's own logger.");
        writer.Line("[global::System.Runtime.CompilerServices.MethodImpl(global::System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]");
        writer.Open($"public static void Write({string.Join(", ", [$"{Names.TrainLogger} {logger}", $"{Names.LogLevel} {level}", .. arguments.Select(static a => $"{a.Type} {a.Parameter}")])})");
        RecordEmitter.Emit(writer, method, names, logger, level, static a => a.Parameter);
        writer.Close();
        writer.Line();
        writer.Line("// The same where a composite logger stands before it.");
        writer.Line($"private static void Encode(in {names.State}{method.TypeParameters} state, {Names.TrainLogger} logger, {Names.LogLevel} level) =>");
        writer.Indented($"Write({string.Join(", ", ["logger", "level", .. arguments.Select(static a => $"state.{Field(a)}")])});");
    }

}
