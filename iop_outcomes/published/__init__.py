"""Takes figures that papers print, gives effect sizes, what they are called, and what several studies say together."""
