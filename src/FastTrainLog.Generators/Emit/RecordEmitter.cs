using FastTrainLog.Generators.Models;

namespace FastTrainLog.Generators.Emit;

/// <summary>Writes the statements that store a call's arguments in a record.</summary>
/// <remarks>All user code runs before the record begins: a log call in user code must not encounter a partly written record.</remarks>
internal static class RecordEmitter
{
    public const int StackChars = 128;

    /// <summary>Writes the statements of a method.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="method">The method.</param>
    /// <param name="names">Its generated names.</param>
    /// <param name="logger">The expression of the logger.</param>
    /// <param name="level">The expression of the level.</param>
    /// <param name="value">Returns the expression of an argument.</param>
    public static void Emit(SourceWriter writer, MethodModel method, MemberNames names, string logger, string level, Func<ArgumentModel, string> value)
    {
        var arguments = new List<ArgumentModel>(method.Arguments);
        if (method.Exception is { } exception)
        {
            arguments.Add(exception);
        }

        int fixedBytes = method.IsLevelParameter ? 1 : 0;
        var sizes = new List<string>();
        foreach (ArgumentModel argument in arguments)
        {
            string captured = Captured(argument, names, value);
            switch (argument.Binary.Form)
            {
                case ArgumentForm.Exception:
                    writer.Line($"{Names.ExceptionText} {captured} = {Names.ExceptionText}.Capture({value(argument)});");
                    break;
                case ArgumentForm.Text:
                    writer.Line($"var {captured} = new {Names.TextArgument}(stackalloc char[{StackChars}]);");
                    writer.Line(argument.IsSequence && !method.RendersAsDefined
                        ? $"{captured}.FormatSequence({value(argument)});"
                        : $"{captured}.Format({value(argument)}, {Literals.String(argument.Format)});");
                    for (int i = 0; i < argument.OtherFormats.Length; i++)
                    {
                        string other = argument.OtherFormats[i];
                        writer.Line($"var {Other(captured, i)} = new {Names.TextArgument}(stackalloc char[{StackChars}]);");
                        writer.Line($"{Other(captured, i)}.Format({value(argument)}, {Literals.String(other.Length == 0 ? null : other)});");
                        sizes.Add($"{Names.RecordWriter}.SizeOf({Other(captured, i)}.Written)");
                    }

                    break;
            }

            if (argument.Binary.Size > 0)
            {
                fixedBytes += argument.Binary.Size + (argument.Binary.IsNullable ? 1 : 0);
            }
            else
            {
                string measured = argument.Binary.Form == ArgumentForm.Text ? $"{captured}.Written" : captured;
                sizes.Add($"{Names.RecordWriter}.SizeOf({measured})");
            }
        }

        if (fixedBytes > 0 || sizes.Count == 0)
        {
            sizes.Insert(0, fixedBytes.ToString());
        }

        writer.Line($"{Names.RecordWriter} {names.Record} = {logger}.Begin({names.Site}, {level}, {string.Join(" + ", sizes)});");
        if (method.IsLevelParameter)
        {
            writer.Line($"{names.Record}.Write((byte){level});");
        }

        foreach (ArgumentModel argument in arguments)
        {
            Write(writer, argument, names, value);
            for (int i = 0; i < argument.OtherFormats.Length; i++)
            {
                string other = Other(Captured(argument, names, value), i);
                writer.Line($"{names.Record}.Write({other}.Written, {other}.IsNull);");
            }
        }

        writer.Line($"{names.Record}.Commit({level});");
        foreach (ArgumentModel argument in arguments)
        {
            if (argument.Binary.Form == ArgumentForm.Text)
            {
                writer.Line($"{Captured(argument, names, value)}.Dispose();");
            }

            for (int i = 0; i < argument.OtherFormats.Length; i++)
            {
                writer.Line($"{Other(Captured(argument, names, value), i)}.Dispose();");
            }
        }
    }

    private static string Other(string captured, int index) => $"{captured}{index + 2}";

    private static string Captured(ArgumentModel argument, MemberNames names, Func<ArgumentModel, string> value) =>
        argument.Binary.Form switch
        {
            ArgumentForm.Exception => $"{argument.Parameter.TrimStart('@')}Capture{names.Suffix}",
            ArgumentForm.Text => $"{argument.Parameter.TrimStart('@')}Text{names.Suffix}",
            _ => value(argument),
        };

    private static void Write(SourceWriter writer, ArgumentModel argument, MemberNames names, Func<ArgumentModel, string> source)
    {
        string value = Captured(argument, names, source);
        string cast = argument.Binary.Form == ArgumentForm.CastValue ? $"({argument.Binary.Cast})" : string.Empty;
        if (argument.Binary.IsNullable)
        {
            writer.Line($"{names.Record}.Write({value}.HasValue);");
            writer.If($"{value}.HasValue", $"{names.Record}.Write({cast}{value}.GetValueOrDefault());");
            writer.Line();
        }
        else if (argument.Binary.Form == ArgumentForm.Text)
        {
            writer.Line($"{names.Record}.Write({value}.Written, {value}.IsNull);");
        }
        else
        {
            writer.Line($"{names.Record}.Write({cast}{value});");
        }
    }
}
