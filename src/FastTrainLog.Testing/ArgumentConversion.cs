using System.Globalization;

namespace FastTrainLog.Testing;

/// <summary>Converts a logged value to the type that a test requests, if the conversion is lossless.</summary>
internal static class ArgumentConversion
{
    public static bool TryConvert<T>(object? value, out T? converted)
    {
        converted = default;
        if (value is null)
        {
            return default(T) is null;
        }

        if (value is T same)
        {
            converted = same;
            return true;
        }

        Type type = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
        object? made = type.IsEnum && value is string name && Enum.TryParse(type, name, out object? member) ? member
            : IsNumber(type) && IsNumber(value.GetType()) ? ToNumber(value, type)
            : null;
        if (made is null)
        {
            return false;
        }

        converted = (T)made;
        return true;
    }

    private static bool IsNumber(Type type) => Type.GetTypeCode(type) is >= TypeCode.SByte and <= TypeCode.Decimal && !type.IsEnum;

    // Only if converting back gives the same number: a long of 5 is an int, a double of 5.5 is not.
    private static object? ToNumber(object value, Type type)
    {
        try
        {
            object made = Convert.ChangeType(value, type, CultureInfo.InvariantCulture);
            return value.Equals(Convert.ChangeType(made, value.GetType(), CultureInfo.InvariantCulture)) ? made : null;
        }
        catch (OverflowException)
        {
            return null;
        }
    }
}
