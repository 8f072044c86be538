#include "CPicture.h"

#include <errno.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// libpng reports errors by longjmp. Its simplified interface, used here, catches the jump before it returns, so no frame
// of Swift is ever jumped over.
const char *mottle_encode_png(const uint8_t *pixels, uint32_t width, uint32_t height, uint8_t **bytes, size_t *count) {
    static _Thread_local png_image image;
    char *memory = NULL;
    FILE *stream = open_memstream(&memory, count);
    if (stream == NULL) { return strerror(errno); }
    image = (png_image){ .version = PNG_IMAGE_VERSION, .width = width, .height = height, .format = PNG_FORMAT_RGB };
    int written = png_image_write_to_stdio(&image, stream, 0, pixels, 0, NULL);
    int closed = fclose(stream);
    if (written && closed == 0) {
        *bytes = (uint8_t *)memory;
        return NULL;
    }
    const char *reason = written ? strerror(errno) : image.message;
    free(memory);
    return reason;
}
