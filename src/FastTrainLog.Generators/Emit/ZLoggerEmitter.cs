using FastTrainLog.Generators.Models;

namespace FastTrainLog.Generators.Emit;

/// <summary>Writes the part of a state that ZLogger reads: UTF-8 text and JSON without boxing.</summary>
internal static class ZLoggerEmitter
{
    private const string BufferWriter = "global::System.Buffers.IBufferWriter<byte>";

    public static void Emit(SourceWriter writer, MethodModel method, ZLoggerModel zlogger, string type)
    {
        EquatableArray<ArgumentModel> arguments = method.Arguments;
        writer.Line();
        writer.Line($"public int ParameterCount => {arguments.Length};");
        writer.Line();
        writer.Line("public bool IsSupportUtf8ParameterKey => true;");
        writer.Line();
        writer.Line($"public global::ZLogger.IZLoggerEntry CreateEntry(in global::ZLogger.LogInfo info) => global::ZLogger.ZLoggerEntry<{type}>.Create(info, this);");
        writer.Line();
        EmitText(writer, method);
        if (zlogger.HasOriginalFormat)
        {
            writer.Line();
            writer.Line($"public string GetOriginalFormat() => {Literals.String(method.Message)};");
            writer.Line();
            writer.Line($"public void WriteOriginalFormat({BufferWriter} writer) => {Names.MessageArgument}.Write(writer, {Literals.String(method.Message)}u8);");
        }

        writer.Line();
        EmitJson(writer, arguments);
        EmitSwitch(writer, arguments, "global::System.ReadOnlySpan<byte> GetParameterKey", static a => $"{Literals.String(a.Name)}u8");
        EmitSwitch(writer, arguments, "string GetParameterKeyAsString", static a => Literals.String(a.Name));
        EmitSwitch(writer, arguments, "object? GetParameterValue", StateEmitter.Field);
        EmitSwitch(writer, arguments, "TRequested? GetParameterValue<TRequested>", static a => $"(TRequested?)(object?){StateEmitter.Field(a)}");
        EmitSwitch(writer, arguments, "global::System.Type GetParameterType", static a => $"typeof({a.StateType.TrimEnd('?')}{(a.Binary.IsNullable ? "?" : string.Empty)})");
    }

    private static void EmitText(SourceWriter writer, MethodModel method)
    {
        writer.Open($"public void ToString({BufferWriter} writer)");
        if (StateEmitter.FixedText(method) is { } text)
        {
            writer.Line($"{Names.MessageArgument}.Write(writer, {Literals.String(text)}u8);");
        }
        else
        {
            writer.Line("int size = 256;");
            writer.Line("int written;");
            if (method.Sections.Length > 0)
            {
                StateEmitter.ForEachSection(writer, method, (section, isOptional) => EmitPart(writer, StateEmitter.Interpolation(method, section, isOptional)));
            }
            else
            {
                EmitPart(writer, StateEmitter.Interpolation(method, method.Template));
            }
        }

        writer.Close();
    }

    private static void EmitPart(SourceWriter writer, string interpolation)
    {
        writer.Line("while (!global::System.Text.Unicode.Utf8.TryWrite(");
        writer.Indented("writer.GetSpan(size),");
        writer.Indented($"{Names.InvariantCulture},");
        writer.Indented($"{interpolation},");
        writer.Indented("out written))");
        writer.Open();
        writer.Line("size *= 2;");
        writer.Close();
        writer.Line();
        writer.Line("writer.Advance(written);");
    }

    private static void EmitJson(SourceWriter writer, EquatableArray<ArgumentModel> arguments)
    {
        writer.Line("public void WriteJsonParameterKeyValues(");
        writer.Indented("global::System.Text.Json.Utf8JsonWriter jsonWriter,");
        writer.Indented("global::System.Text.Json.JsonSerializerOptions jsonSerializerOptions,");
        writer.Indented("global::ZLogger.IKeyNameMutator? keyNameMutator = null)");
        writer.Open();
        foreach (ArgumentModel argument in arguments)
        {
            string field = StateEmitter.Field(argument);
            string write = $"{Names.PropertyJson}.Write(jsonWriter, {Literals.String(argument.Name)}u8, ";
            if (argument.IsNullableValue)
            {
                writer.Open($"if ({field}.HasValue)");
                writer.Line($"{write}{field}.GetValueOrDefault());");
                writer.Close();
                writer.Open("else");
                writer.Line($"jsonWriter.WriteNull({Literals.String(argument.Name)}u8);");
                writer.Close();
                writer.Line();
            }
            else
            {
                writer.Line($"{write}{field});");
            }
        }

        writer.Close();
    }

    private static void EmitSwitch(SourceWriter writer, EquatableArray<ArgumentModel> arguments, string signature, Func<ArgumentModel, string> value)
    {
        writer.Line();
        writer.Open($"public {signature}(int index) => index switch");
        for (int i = 0; i < arguments.Length; i++)
        {
            writer.Line($"{i} => {value(arguments[i])},");
        }

        writer.Line("_ => throw new global::System.ArgumentOutOfRangeException(nameof(index)),");
        writer.Close("};");
    }
}
